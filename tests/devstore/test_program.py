"""`python -m devstore` as a program: it serves, says what is wrong, and ends when asked."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from tests.devstore.conftest import ROOT, SECRET


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def environment(cluster, seeded, tmp_path):
    url = cluster.create_database(template=seeded, owner="devstore")
    yield os.environ | {
        "DEVSTORE_DATABASE_URL": url,
        "DEVSTORE_PORT": str(free_port()),
        "DEVSTORE_SMTP_PORT": str(free_port()),
        "DEVSTORE_SINK_LOG": str(tmp_path / "sink.jsonl"),
        "APP_URL": "http://127.0.0.1:1",
        "SHOPIFY_API_KEY": "key",
        "SHOPIFY_API_SECRET": SECRET,
        "DEVSTORE_APP_FOLDER": str(ROOT),
    }
    cluster.drop_database(url)


def start(environment):
    command = [sys.executable, "-m", "devstore"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def wait_for(environment, process):
    url = f"http://127.0.0.1:{environment['DEVSTORE_PORT']}/api/health"
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise AssertionError(process.communicate(timeout=10)[0])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_and_ends_when_asked(environment, number):
    process = start(environment)
    try:
        assert wait_for(environment, process) == 200
        process.send_signal(number)
        said = process.communicate(timeout=20)[0]
    finally:
        process.kill()
    assert process.returncode == 0, said
    assert f":{environment['DEVSTORE_PORT']}" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("name", ["DEVSTORE_PORT", "DEVSTORE_SMTP_PORT"])
def test_a_taken_port_is_one_clear_line(environment, name):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment[name])))
        taken.listen()
        process = start(environment)
        said = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert "in use" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"APP_URL": None}, "APP_URL is missing"),
        ({"DEVSTORE_DATABASE_URL": "postgresql://devstore@/devstore?host=/nowhere"}, "database does not answer"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(environment, change, words):
    changed = {key: value for key, value in (environment | change).items() if value is not None}
    process = start(changed)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 1
    assert words in said
    assert "Traceback" not in said
