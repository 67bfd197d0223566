"""A dev store for every test: empty tables, one shop, the app's own configuration."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from devstore.admin.books import app_books
from devstore.app import create_app
from devstore.clock.now import store_now
from devstore.config import settings
from devstore.platform.announce import install_app
from devstore.platform.install import shop_by_handle
from devstore.platform.sign import mint_id_token
from devstore.state.engine import create_tables, engine, unit_of_work
from devstore.state.models import Base, Clock, Faults, Mail, Shop, WebhookDelivery
from devstore.webhooks import announce

ROOT = Path(__file__).parents[2]
KEY = "0123456789abcdef0123456789abcdef"
SECRET = "hush-hush-hush-hush-hush-hush-hush"
SHOP = "kiln-and-kettle"
DOMAIN = f"{SHOP}.myshopify.com"
URL = f"http://{DOMAIN}"


def point_at(monkeypatch, url, sink):
    for name, value in {
        "DEVSTORE_DATABASE_URL": url,
        "DEVSTORE_PORT": "9000",
        "DEVSTORE_SMTP_PORT": "0",
        "DEVSTORE_SINK_LOG": str(sink),
        "APP_URL": "http://127.0.0.1:8000",
        "SHOPIFY_API_KEY": KEY,
        "SHOPIFY_API_SECRET": SECRET,
        "DEVSTORE_APP_FOLDER": str(ROOT),
    }.items():
        monkeypatch.setenv(name, value)
    forget()


def forget():
    if engine.cache_info().currsize:
        engine().dispose()
    for cached in (engine, settings, announce._watch):
        cached.cache_clear()
    app_books.forget()


def a_shop(handle=SHOP):
    now = datetime.now(UTC) - timedelta(days=100)
    return Shop(
        handle=handle,
        name=handle.replace("-", " ").title(),
        email=f"owner@{handle}.example.com",
        contact_email=f"hello@{handle}.example.com",
        owner="Mina Okafor",
        phone=None,
        address1="1 Kiln Lane",
        city="Leeds",
        zip="LS1 1AA",
        country_code="GB",
        country="United Kingdom",
        currency="GBP",
        iana_timezone="Europe/London",
        created_at=now,
        updated_at=now,
    )


@pytest.fixture(scope="session")
def database(cluster, tmp_path_factory):
    """The URL of a database with the dev store's tables; each test begins by emptying them."""
    url = cluster.create_database(owner="devstore")
    with pytest.MonkeyPatch.context() as patch:
        point_at(patch, url, tmp_path_factory.mktemp("sink") / "sink.jsonl")
        create_tables()
    forget()
    return url


def empty():
    """Leave two shops, a clock at real time, no faults, and nothing else."""
    with unit_of_work(announce=False) as session:
        # One round trip: most tables are empty anyway.
        emptied = "; ".join(f'DELETE FROM "{table.name}"' for table in reversed(Base.metadata.sorted_tables))
        session.connection().exec_driver_sql(emptied)
        session.add_all([a_shop(), a_shop("fernside-tea"), Clock(id=1, offset_seconds=0), Faults(id=1)])


@pytest.fixture(scope="session")
def web():
    """The web application: it opens no connection of its own, so one serves all tests."""
    return create_app()


@pytest.fixture
def client(web, database, monkeypatch, tmp_path):
    point_at(monkeypatch, database, tmp_path / "sink.jsonl")
    empty()
    yield web.test_client()
    forget()


@pytest.fixture
def installed(client):
    """A client whose shop has the app."""
    with unit_of_work() as session:
        install_app(session, shop_by_handle(session, SHOP))
    return client


def id_token(**changes):
    facts = {
        "shop_domain": DOMAIN,
        "client_id": KEY,
        "secret": SECRET,
        "user_id": "7",
        "session_id": "s1",
        "now": datetime.now(UTC),
    }
    return mint_id_token(**(facts | changes))


def exchange(client, *, base=URL, **changes):
    body = {
        "client_id": KEY,
        "client_secret": SECRET,
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": id_token(),
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
        "expiring": 1,
    }
    return client.post("/admin/oauth/access_token", json=body | changes, base_url=base)


def refresh(client, token, **changes):
    body = {"client_id": KEY, "client_secret": SECRET, "grant_type": "refresh_token", "refresh_token": token}
    return client.post("/admin/oauth/access_token", json=body | changes, base_url=URL)


def ask(client, token, document, /, *, base=URL, **variables):
    return client.post(
        "/admin/api/2026-10/graphql.json",
        json={"query": document, "variables": variables},
        headers={"X-Shopify-Access-Token": token},
        base_url=base,
    )


def topics():
    with unit_of_work() as session:
        return list(session.scalars(select(WebhookDelivery.topic).order_by(WebhookDelivery.id)))


def take_in(message_id, key=None, **facts):
    """Put a mail into the inbox's table, in the demo shop's name unless said otherwise; return its id."""
    with unit_of_work() as session:
        at = store_now(session)
        known = {
            "sink_key": key or message_id, "received_at": at, "received_real": at, "mail_from": "f@example.com",
            "sender": "Kiln And Kettle <f@example.com>", "recipient": "a@example.com", "subject": "s",
            "message_id": message_id, "raw": b"",
        }  # fmt: skip
        mail = Mail(**known | facts)
        session.add(mail)
        session.flush()
        return mail.id
