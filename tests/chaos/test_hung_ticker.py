"""A ticker whose line to the database never answers ends by itself and says where it stood; one that waits does not."""

import os
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from app.kit.engines import SYSTEM
from app.kit.models import Heartbeat
from app.kit.work import unit_of_work
from tests.chaos.proxy import Proxy
from tests.database import variables

HANGS_S = 4


@pytest.fixture
def line(wired, tmp_path):
    """The proxy a ticker of its own reaches the database through, and what the ticker is told."""
    asked = urlsplit(str(wired.config.database_url))
    target = f"{parse_qs(asked.query)['host'][0]}/.s.PGSQL.5432"
    with Proxy(target, listen=tmp_path / ".s.PGSQL.5432") as database:
        url = f"postgresql://{asked.netloc}{asked.path}?host={tmp_path}"
        yield database, os.environ | variables(wired.config, DATABASE_URL=url)


def beat(wired):
    with unit_of_work(wired, role=SYSTEM) as session:
        return session.scalar(select(Heartbeat.beat_at).where(Heartbeat.process == "ticker"))


def until(so, seconds=60):
    ends = time.monotonic() + seconds
    while not so():
        assert time.monotonic() < ends
        time.sleep(0.05)


@pytest.fixture
def ticker(line):
    """A ticker of its own, under way."""
    words = [sys.executable, "-m", "flask", "--app", "wsgi", "ticker", "--hangs-after", str(HANGS_S)]
    process = subprocess.Popen(words, env=line[1], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


def test_it_ends_where_it_hangs_and_whoever_supervises_it_can_start_it_again(wired, line, ticker):
    until(lambda: beat(wired) is not None)
    first = beat(wired)
    time.sleep(HANGS_S + 1)  # it comes round meanwhile: the time it may hang begins anew each second
    assert ticker.poll() is None
    assert beat(wired) > first
    line[0].mute = True
    _, said = ticker.communicate(timeout=60)
    assert ticker.returncode == 1
    assert "Timeout" in said
    assert "kit/ticker.py" in said, "where it stood"
