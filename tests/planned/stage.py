"""Business time that only moves when it is told to, and a mail server that takes everything."""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from app.channels.smtp.address import parse
from app.channels.smtp.connection import Deadlines
from app.channels.smtp.phases import SmtpSender
from app.kit.runtime import Runtime
from tests.channels.scripted_server import ScriptedServer
from tests.planned.orders import STARTED


@contextlib.contextmanager
def stage(wired: Runtime) -> Iterator[dict[str, datetime]]:
    """Give business time as `clock["now"]` for the app on a database of its own."""
    server, clock = ScriptedServer(), {"now": STARTED}
    address = parse(f"smtp://127.0.0.1:{server.port}")
    wired.parts["transport"] = lambda: SmtpSender(address, "test.example", Deadlines(5, 5, 5, 5, 1))
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("app.kit.clock.real_now", lambda: clock["now"])
            patch.setattr("app.kit.clock.ASKEW", timedelta.max)  # the database goes on by its own
            yield clock
    finally:
        server.stop()
