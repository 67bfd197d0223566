"""A worker that is told to stop while mails cross finishes them, gives back the rest, and leaves nothing unknown."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.flows.models import FollowUp, FollowUpState
from app.kit import queue
from app.messages.models import Message, MessageState
from tests.channels.scripted_server import ScriptedServer
from tests.crash.test_crash_points import paid_order
from tests.database import variables
from tests.house.places import ROOT

ENDS_WITHIN_S = 60  # a job ends after twenty seconds; the machine may be busy


class Slow(ScriptedServer):
    """Take its time with the answer to a dot, and tell when it has seen one."""

    def __init__(self):
        self.seen = threading.Event()
        super().__init__()

    def _answer(self, sock, phase):
        if phase == "dot":
            self.seen.set()
            time.sleep(2.5)
        return super()._answer(sock, phase)


@contextlib.contextmanager
def worker(wired, port, log):
    told = variables(wired.config, SMTP_URL=f"smtp://127.0.0.1:{port}")
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", queue.SENDS]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | told, stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def once(process):
    """Tell the worker, as a platform does."""
    process.send_signal(signal.SIGTERM)


def everybody_again_and_again(process):
    """Tell the worker and its job each half second, as `bin/run` does each second."""
    until = time.monotonic() + ENDS_WITHIN_S
    while process.poll() is None and time.monotonic() < until:
        for pid in (process.pid, *job_of(process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        time.sleep(0.5)


def job_of(parent):
    """The processes the worker has forked."""
    children = Path(f"/proc/{parent}/task/{parent}/children")
    with contextlib.suppress(OSError):
        return [int(each) for each in children.read_text().split()]
    return []


@pytest.mark.parametrize("tell", [once, everybody_again_and_again])
def test_mails_on_their_way_are_finished_and_none_is_unknown(shop, tmp_path, tell):
    shop.start_flows()
    paid_order(shop)
    server = Slow()
    with worker(shop.wired, server.port, tmp_path / "worker.log") as process:
        until = time.monotonic() + ENDS_WITHIN_S
        while not server.seen.wait(0.2) and time.monotonic() < until:
            shop.wired.doorbell.ring(queue.SENDS)
        assert server.seen.is_set(), (tmp_path / "worker.log").read_text()
        tell(process)
        assert process.wait(ENDS_WITHIN_S) == 0
    server.stop()
    assert len(server.delivered) == 1
    assert [row.state for row in shop.rows(select(Message.state))] == [MessageState.ACCEPTED]
    held = select(func.count()).select_from(FollowUp).where(FollowUp.state == FollowUpState.CLAIMED)
    assert shop.rows(held)[0][0] == 0
