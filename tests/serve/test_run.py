"""`bin/run` as a person at a terminal meets it, with real servers and small parts."""

import re
import signal
import socket
import time
import urllib.request
from pathlib import Path

import pytest

from tests.serve.clone import left, make, read_until, run

LAST_LINE = "Start in the shop admin"


@pytest.fixture(scope="module")
def clone(sockets_folder):
    return make(sockets_folder / "clone")


@pytest.fixture
def ports():
    """Three free ports far from the defaults."""
    with socket.socket() as a, socket.socket() as b, socket.socket() as c:
        for one in (a, b, c):
            one.bind(("127.0.0.1", 0))
        numbers = [str(one.getsockname()[1]) for one in (a, b, c)]
    return dict(zip(("PORT", "DEVSTORE_PORT", "DEVSTORE_SMTP_PORT"), numbers, strict=True))


def gone(clone, seconds=15.0):
    """Wait until nothing of the clone runs; return what does all the same."""
    until = time.monotonic() + seconds
    while (rest := left(clone)) and time.monotonic() < until:
        time.sleep(0.02)
    return rest


def sockets_of(clone):
    note = clone / ".data" / "sockets"
    return Path(note.read_text().strip()) if note.exists() else None


def end(process):
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=20)
    return rest


def test_it_starts_says_where_to_click_and_stops_without_a_trace(clone, ports):
    process = run(clone, **ports)
    said = read_until(process, LAST_LINE)
    for name in ("Valkey", "PostgreSQL", "tables", "dev store", "web", "worker inbox", "worker sends", "ticker"):
        assert re.search(rf"^  {name} +\d+\.\d s", said, re.MULTILINE), name
    store = f"http://127.0.0.1:{ports['DEVSTORE_PORT']}"
    assert [line.split()[-1] for line in said.splitlines()[-4:-1]] == [f"{store}/admin", f"{store}/", f"{store}/inbox"]
    assert urllib.request.urlopen(f"http://127.0.0.1:{ports['PORT']}/healthz", timeout=5).read() == b"ok"
    folder = sockets_of(clone)
    assert folder.stat().st_mode & 0o777 == 0o700

    second = run(clone, **ports)
    assert second.communicate(timeout=20)[0] == f"Already running, pid {process.pid}.\n"
    assert second.returncode == 1

    assert re.match(r"Stopped in \d+\.\d s\.\n", end(process))
    assert process.returncode == 0
    assert left(clone) == []
    assert not folder.exists()
    assert not (clone / ".data" / "environment").exists()


def test_a_killed_supervisor_leaves_nothing_and_the_next_start_works(clone, ports):
    process = run(clone, **ports)
    read_until(process, LAST_LINE)
    folder = sockets_of(clone)
    process.kill()
    process.communicate(timeout=20)
    after = run(clone, **ports)  # at once: it waits for the clean-up
    read_until(after, LAST_LINE)
    assert not folder.exists()
    end(after)
    assert gone(clone) == []


def test_a_stop_at_any_moment_of_the_start_leaves_nothing(clone, ports):
    took = []
    for step in range(9):
        process = run(clone, ignore_int=step % 2 == 0, **ports)
        time.sleep(step * 0.2)
        begun = time.monotonic()
        process.send_signal(signal.SIGINT if step % 2 == 0 and step else signal.SIGTERM)
        process.communicate(timeout=20)
        took.append(time.monotonic() - begun)
        assert gone(clone, 2) == [], f"after {step * 0.2:.1f} s"
        assert sockets_of(clone) is None
    assert max(took) < 20


def test_a_taken_port_moves_or_is_an_error(clone, ports):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        process = run(clone, **{**ports, "DEVSTORE_PORT": str(other.getsockname()[1])})
        said, _ = process.communicate(timeout=20)
    assert "the port is in use" in said
    assert process.returncode == 1
    assert gone(clone) == []


def test_a_part_that_cannot_start_ends_all_with_the_last_lines_of_its_log(clone, ports):
    wsgi = clone / "wsgi.py"
    good = wsgi.read_text()
    wsgi.write_text("raise SystemExit('LINK_KEYS is missing')\n")
    try:
        said, _ = run(clone, **ports).communicate(timeout=60)
    finally:
        wsgi.write_text(good)
    assert "migrate failed" in said
    assert "LINK_KEYS is missing" in said
    assert gone(clone) == []


def test_one_database_of_two_is_an_error(clone, ports):
    said, _ = run(clone, **ports, DATABASE_URL="postgresql://a@/b").communicate(timeout=20)
    assert "DEVSTORE_DATABASE_URL" in said
    assert gone(clone) == []
