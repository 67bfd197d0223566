"""A shop whose merchant is in the admin, on business time that stands still until a test moves it."""

from datetime import timedelta
from urllib.parse import urlsplit

import psycopg
import pytest

from app import tables, wiring
from app.channels.smtp.address import parse
from app.channels.smtp.connection import Deadlines
from app.channels.smtp.phases import SmtpSender
from app.kit import runtime
from app.kit.db import Base
from tests.admin.merchant import NOON, Merchant
from tests.channels.scripted_server import ScriptedServer
from tests.database import make_config

assert tables.__doc__  # loads every table's module
KEPT = {"clock_offset"}  # one row, which the migration made


@pytest.fixture(scope="session")
def one_app(cluster, migrated, redis_url):
    """The app on a database of this folder's own; each test begins by emptying it."""
    url = cluster.create_database(template=migrated)
    app = wiring.create_app(make_config(url, redis_url))
    app.testing = True
    here = runtime.current()
    here.parts["flask"] = app
    with psycopg.connect(cluster.superuser_url(urlsplit(url).path.lstrip("/")), autocommit=True) as connection:
        yield here, connection
    here.engines.dispose()
    cluster.drop_database(url)


@pytest.fixture
def wired(one_app):
    """The app's runtime, its tables empty and its parts as wired."""
    here, connection = one_app
    emptied = [table.name for table in reversed(Base.metadata.sorted_tables) if table.name not in KEPT]
    connection.execute("; ".join(f'DELETE FROM "{name}"' for name in emptied))
    parts = dict(here.parts)
    runtime.install(here)
    yield here
    here.parts.clear()
    here.parts.update(parts)


@pytest.fixture
def clock(monkeypatch):
    """Business time alone: tokens and leases go on living in real time."""
    told = {"now": NOON}
    monkeypatch.setattr("app.kit.clock.real_now", lambda: told["now"])
    monkeypatch.setattr("app.kit.clock.ASKEW", timedelta.max)  # the database goes on by its own
    return told


@pytest.fixture
def merchant(wired, clock):
    """The merchant of the demo shop, with flows installed and not started."""
    return Merchant(wired, clock)


@pytest.fixture
def neighbour(wired, clock):
    """The merchant of another shop on the same database."""
    return Merchant(wired, clock, "fernside-tea.myshopify.com", "Fernside Tea")


@pytest.fixture
def serve(wired):
    """Let mails go to a scripted server: what it is told last holds."""
    started = []

    def script(**answers):
        if started:
            started[-1].script = answers
        else:
            started.append(ScriptedServer(**answers))
            address = parse(f"smtp://127.0.0.1:{started[0].port}")
            wired.parts["transport"] = lambda: SmtpSender(address, "test.example", Deadlines(5, 5, 5, 5, 1))
        return started[0]

    yield script
    for server in started:
        server.stop()
