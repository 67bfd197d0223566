"""A scripted mail server, a sender with short deadlines, one message."""

import pytest

from app.channels.base import OutboundMessage
from app.channels.smtp.address import Security, ServerAddress
from app.channels.smtp.connection import Deadlines
from app.channels.smtp.phases import SmtpSender
from tests.channels.scripted_server import ScriptedServer

TOGETHER = "250-test\r\n250-PIPELINING\r\n250 SIZE 1000000"


@pytest.fixture(params=[{}, {"EHLO": TOGETHER}], ids=["one by one", "together"])
def serve(request):
    """Start scripted servers that take commands one by one, or several at once; all are stopped at the end."""
    started = []

    def start(**script):
        started.append(ScriptedServer(**request.param | script))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def sender_to():
    """Build senders with short deadlines; all are closed at the end."""
    built = []

    def build(server, security=Security.OFFERED, username=None, password=None):
        address = ServerAddress(security, "127.0.0.1", server.port, username, password)
        built.append(SmtpSender(address, "test.example", Deadlines(0.4, 0.4, 0.4, 0.4, 0.2)))
        return built[-1]

    yield build
    for sender in built:
        sender.close()


@pytest.fixture
def message():
    content = b"Subject: hello\r\n\r\n" + b"A line of the letter.\r\n" * 40 + b".hidden dot\r\nend\r\n"
    return OutboundMessage("<1@shop.example>", "mail@shop.example", "ana@example.com", content)
