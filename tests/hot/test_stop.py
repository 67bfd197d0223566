"""A web server that is told to end in the middle of its work keeps everything it has acknowledged."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.messages.models import HitInbox
from app.messages.signed.links import Purpose
from tests.database import variables
from tests.hot.deliveries import delivery, kept
from tests.house.places import ROOT
from tests.journeys.real_processes import free_ports
from tests.shopper.people import People

SENDERS = 6
ENDS_WITHIN_S = 15  # granian gives its workers five; the machine may be busy


@contextlib.contextmanager
def granian(wired, log, **changes):
    """Run the web process as it is run for real; gives its process and address."""
    (port,) = free_ports(1)
    told = variables(wired.config, **changes)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--blocking-threads", "8", "--no-ws", "--workers-kill-timeout", "5", "wsgi:app"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | told, stdout=output, stderr=output, start_new_session=True
        )
    try:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"{address}/healthz")
                break
            time.sleep(0.05)
        yield process, address
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_what_was_acknowledged_is_there_after_a_stop_in_the_middle(wired, tmp_path: Path):
    open_path = People(wired).mail().path(Purpose.OPEN)
    acknowledged, opened, busy = set(), [], threading.Event()

    def send(address):
        with contextlib.suppress(httpx.HTTPError), httpx.Client(base_url=address, timeout=10) as client:
            while True:
                told = delivery()
                answer = client.post("/webhooks", content=told["data"], headers=told["headers"])
                if answer.status_code == 200:
                    acknowledged.add(told["headers"]["X-Shopify-Webhook-Id"])
                if client.get(open_path).status_code == 200:
                    opened.append(1)
                if len(acknowledged) > 150:
                    busy.set()

    with granian(wired, tmp_path / "log") as (process, address):
        senders = [threading.Thread(target=send, args=(address,), daemon=True) for _ in range(SENDERS)]
        for sender in senders:
            sender.start()
        assert busy.wait(30)
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            pytest.fail((tmp_path / "log").read_text())
        for sender in senders:
            sender.join(15)
            assert not sender.is_alive()
    assert len(acknowledged) > 150
    assert acknowledged <= {name for (name,) in kept(wired)}
    with unit_of_work(wired, role=SYSTEM) as session:
        assert session.query(HitInbox).count() >= len(opened) > 100
