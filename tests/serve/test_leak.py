"""A web process that grows past its limit is replaced by a fresh one, and nobody who asks meanwhile is turned away."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from serve import parts
from serve.environment import Ports
from tests.journeys.real_processes import free_ports
from tests.serve.clone import ROOT

LIMIT_MB = 120
PATIENCE_S = 40


@pytest.fixture
def leaking(tmp_path):
    """The leaking program as the app's own is served, but for a lower limit that is looked at each second."""
    (port,) = free_ports(1)
    (web, *_) = parts.of_app(Path(sys.executable), {}, ROOT, tmp_path, Ports(port, 0, 0))
    command = list(web.command)
    command[command.index("--workers-max-rss") + 1] = str(LIMIT_MB)
    assert command.pop() == "wsgi:app"
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--rss-sample-interval", "1", "tests.serve.leaking:app"], cwd=ROOT, stdout=log, stderr=log
        )
        yield f"http://127.0.0.1:{port}/", process
        process.terminate()
        process.wait(20)


def answered_by(url):
    with urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.status == 200
        return int(answer.read())


def once_up(url, process):
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return answered_by(url)
        except urllib.error.URLError:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)


def resident_mb(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20


def test_it_is_replaced_past_its_limit_and_everybody_is_answered(leaking):
    url, process = leaking
    first = once_up(url, process)
    while resident_mb(first) < LIMIT_MB + 10:
        assert answered_by(url) == first
    until = time.monotonic() + PATIENCE_S
    while (now := answered_by(url)) == first:
        assert time.monotonic() < until, "it was never replaced"
        time.sleep(0.1)
    assert now != first
    assert resident_mb(now) < LIMIT_MB
    assert process.poll() is None
