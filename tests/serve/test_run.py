"""`bin/run` as a person at a terminal meets it, with real servers and small parts."""

import contextlib
import re
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from tests.serve.clone import left, make, read_until, start_clone

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


@pytest.fixture
def run(clone):
    """Start the clone; whatever a failed test left running is killed."""
    processes = []

    def start(**how):
        processes.append(start_clone(clone, **how))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.stdout.close()
        process.wait()
    assert gone(clone) == []


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


def test_it_starts_says_where_to_click_and_stops_without_a_trace(clone, run, ports):
    process = run(**ports)
    said = read_until(process, LAST_LINE)
    for name in ("Valkey", "PostgreSQL", "tables", "dev store", "web", "worker inbox", "worker sends", "ticker"):
        assert re.search(rf"^  {name} +\d+\.\d s", said, re.MULTILINE), name
    store = f"http://127.0.0.1:{ports['DEVSTORE_PORT']}"
    assert [line.split()[-1] for line in said.splitlines()[-4:-1]] == [f"{store}/admin", f"{store}/", f"{store}/inbox"]
    assert urllib.request.urlopen(f"http://127.0.0.1:{ports['PORT']}/healthz", timeout=5).read() == b"ok"
    folder = sockets_of(clone)
    assert folder.stat().st_mode & 0o777 == 0o700

    second = run(**ports)
    assert second.communicate(timeout=20)[0] == f"Already running, pid {process.pid}.\n"
    assert second.returncode == 1

    assert re.match(r"Stopped in \d+\.\d s\.\n", end(process))
    assert process.returncode == 0
    assert left(clone) == []
    assert not folder.exists()
    assert not (clone / ".data" / "environment").exists()


def test_a_killed_supervisor_leaves_nothing_and_the_next_start_works(clone, run, ports):
    process = run(**ports)
    read_until(process, LAST_LINE)
    folder = sockets_of(clone)
    process.kill()
    process.communicate(timeout=20)
    after = run(**ports)  # at once: it waits for the clean-up
    read_until(after, LAST_LINE)
    assert not folder.exists()
    end(after)
    assert gone(clone) == []


def test_a_stop_at_any_moment_of_the_start_leaves_nothing(clone, run, ports):
    took = []
    for step in range(9):
        process = run(ignore_int=step % 2 == 0, **ports)
        time.sleep(step * 0.2)
        begun = time.monotonic()
        while process.poll() is None and time.monotonic() - begun < 20:
            # Again each second, as a person would: one sent before the program runs is truly ignored.
            process.send_signal(signal.SIGINT if step % 2 == 0 else signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
        took.append(time.monotonic() - begun)
        assert gone(clone, 2) == [], f"after {step * 0.2:.1f} s"
        assert sockets_of(clone) is None
    assert max(took) < 20


def test_a_taken_port_moves_or_is_an_error(clone, run, ports):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        process = run(**{**ports, "DEVSTORE_PORT": str(other.getsockname()[1])})
        said, _ = process.communicate(timeout=20)
    assert "the port is in use" in said
    assert process.returncode == 1
    assert gone(clone) == []


def test_a_part_that_cannot_start_ends_all_with_the_last_lines_of_its_log(clone, run, ports):
    wsgi = clone / "wsgi.py"
    good = wsgi.read_text()
    wsgi.write_text("raise SystemExit('LINK_KEYS is missing')\n")
    try:
        said, _ = run(**ports).communicate(timeout=60)
    finally:
        wsgi.write_text(good)
    assert "migrate failed" in said
    assert "LINK_KEYS is missing" in said
    assert gone(clone) == []


def test_one_database_of_two_is_an_error(clone, run, ports):
    said, _ = run(**ports, DATABASE_URL="postgresql://a@/b").communicate(timeout=20)
    assert "DEVSTORE_DATABASE_URL" in said
    assert gone(clone) == []
