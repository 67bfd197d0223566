"""The merchant of the admin's tests, with a mail server that counts and webhooks as Shopify signs them."""

import pytest

from app.channels.smtp.address import parse
from app.channels.smtp.connection import Deadlines
from app.channels.smtp.phases import SmtpSender
from tests.admin.conftest import clock, merchant, one_app
from tests.channels.scripted_server import ScriptedServer

__all__ = ["clock", "merchant", "one_app"]


@pytest.fixture
def sink():
    server = ScriptedServer()
    yield server
    server.stop()


@pytest.fixture
def mailed(merchant, sink, monkeypatch):
    """What the mail server has taken from the merchant's shop so far."""
    server = parse(f"smtp://127.0.0.1:{sink.port}")
    monkeypatch.setitem(
        merchant.wired.parts, "transport", lambda: SmtpSender(server, "test.example", Deadlines(1, 1, 1, 1, 0.2))
    )
    return sink.delivered
