import contextlib
import socket
import time

import pytest

from app.channels.base import OutboundMessage, OutcomeUnknown, Scope, TransportError
from app.channels.smtp.phases import quoted
from app.kit import fault
from tests.channels.scripted_server import DRIP, DROP, SILENCE


@pytest.fixture
def armed():
    yield fault.arm
    fault.arm("")


def delivered_after(server, sender, message):
    """Return what the server took, once it has read everything."""
    sender.close()
    server.stop()
    return server.delivered


def test_nothing_is_delivered_before_finish_and_one_message_after_it(serve, sender_to, message):
    server = serve()
    sender = sender_to(server)
    sender.begin(message)
    assert server.delivered == []
    receipt = sender.finish()
    assert (receipt.code, receipt.reply) == (250, "2.0.0 queued as 77")
    (letter,) = server.delivered
    assert b"\r\n..hidden dot\r\nend\r\n.\r\n" in letter
    assert server.commands[1:4] == [
        f"MAIL FROM:<mail@shop.example> SIZE={len(message.content)}",
        "RCPT TO:<ana@example.com>",
        "DATA",
    ]


def test_one_connection_carries_many_messages(serve, sender_to, message):
    server = serve()
    sender = sender_to(server)
    for _ in range(3):
        sender.begin(message)
        sender.finish()
    assert (server.connections, len(server.delivered)) == (1, 3)


def test_an_abandoned_message_is_not_delivered_and_the_next_one_is(serve, sender_to, message):
    server = serve()
    sender = sender_to(server)
    sender.begin(message)
    sender.abandon()
    sender.abandon()
    sender.begin(message)
    sender.finish()
    assert len(delivered_after(server, sender, message)) == 1


def test_closing_with_a_message_under_way_abandons_it(serve, sender_to, message):
    server = serve()
    sender = sender_to(server)
    sender.begin(message)
    assert delivered_after(server, sender, message) == []


@pytest.mark.parametrize(
    ("phase", "answer", "permanent", "scope"),
    [
        ("greeting", "421 4.3.2 too busy", False, Scope.CHANNEL),
        ("greeting", "554 no service here", False, Scope.CHANNEL),
        ("greeting", "HTTP/1.1 400 Bad Request", False, Scope.CHANNEL),
        ("MAIL", "450 4.2.0 later", False, Scope.MESSAGE),
        ("MAIL", "550 5.1.8 who are you", False, Scope.CHANNEL),
        ("MAIL", "552 5.3.4 too big", True, Scope.MESSAGE),
        ("RCPT", "450 4.2.1 greylisted", False, Scope.MESSAGE),
        ("RCPT", "550 5.1.1 no such user", True, Scope.ADDRESS),
        ("RCPT", "550 no", True, Scope.MESSAGE),
        ("RCPT", "550 5.7.1 not from you", False, Scope.SHOP),
        ("DATA", "451 4.3.0 disk", False, Scope.MESSAGE),
        ("DATA", "554 5.5.1 no valid recipients", True, Scope.MESSAGE),
    ],
)
def test_a_refusal_before_the_dot_delivers_nothing_and_says_how_far_it_reaches(
    serve, sender_to, message, phase, answer, permanent, scope
):
    server = serve(**{phase: [answer]})
    sender = sender_to(server)
    with pytest.raises(TransportError) as refused:
        sender.begin(message)
    assert (refused.value.permanent, refused.value.scope) == (permanent, scope)
    assert server.delivered == []
    sender.begin(message)  # the sender is ready for the next message
    sender.finish()
    assert len(server.delivered) == 1


def test_a_server_that_asks_for_the_message_of_nobody_gets_none(serve, sender_to, message):
    server = serve(RCPT=["550 5.1.1 no such user"])
    server.asks_anyway = True
    sender = sender_to(server)
    with pytest.raises(TransportError):
        sender.begin(message)
    sender.begin(message)
    sender.finish()
    (letter,) = delivered_after(server, sender, message)
    assert letter.startswith(b"Subject: hello")


@pytest.mark.parametrize(
    ("answer", "permanent", "scope"),
    [
        ("450 4.2.0 later", False, Scope.MESSAGE),
        ("421 4.3.2 closing", False, Scope.MESSAGE),
        ("550 5.6.0 content refused", True, Scope.MESSAGE),
        ("550 5.1.1 no such user", True, Scope.ADDRESS),
        ("550 5.7.26 not authenticated", False, Scope.SHOP),
    ],
)
def test_a_refusal_of_the_dot_is_certain_too(serve, sender_to, message, answer, permanent, scope):
    server = serve(dot=[answer])
    sender = sender_to(server)
    sender.begin(message)
    with pytest.raises(TransportError) as refused:
        sender.finish()
    assert (refused.value.permanent, refused.value.scope) == (permanent, scope)
    sender.begin(message)
    assert sender.finish().code == 250


@pytest.mark.parametrize("phase", ["greeting", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("fault_kind", [DROP, SILENCE, "garbage, not SMTP"], ids=["drop", "silence", "garbage"])
def test_a_broken_dialogue_before_the_dot_is_deferred(serve, sender_to, message, phase, fault_kind):
    server = serve(**{phase: fault_kind})
    sender = sender_to(server)
    with pytest.raises(TransportError) as broken:
        sender.begin(message)
    assert not broken.value.permanent
    assert delivered_after(server, sender, message) == []


def test_a_drop_in_the_middle_of_the_body_is_certain(serve, sender_to):
    server = serve()
    server.drop_body_after = 1000
    sender = sender_to(server)
    big = OutboundMessage("<1@s>", "mail@shop.example", "ana@example.com", b"Subject: x\r\n\r\n" + b"x" * 70 * 200_000)
    with pytest.raises(TransportError):
        sender.begin(big)
    assert delivered_after(server, sender, big) == []


@pytest.mark.parametrize(
    "fault_kind",
    [DROP, SILENCE, DRIP, "garbage, not SMTP", "354 what", "999 odd"],
    ids=["drop", "silence", "drip", "garbage", "354", "999"],
)
def test_only_a_lost_answer_to_the_dot_leaves_the_outcome_unknown(serve, sender_to, message, fault_kind):
    server = serve(dot=fault_kind)
    sender = sender_to(server)
    sender.begin(message)
    with pytest.raises(OutcomeUnknown):
        sender.finish()
    assert len(server.delivered) == 1  # here it was delivered, and we do not claim to know


def test_a_server_that_leaves_before_the_dot_is_seen_leaving(serve, sender_to, message):
    server = serve()
    sender = sender_to(server)
    sender.begin(message)
    server.stop()
    with pytest.raises(TransportError) as left:
        sender.finish()
    assert not left.value.permanent
    assert server.delivered == []


def test_a_dripping_server_cannot_hold_a_sender_past_its_deadline(serve, sender_to, message):
    server = serve(RCPT=DRIP)
    sender = sender_to(server)
    started = time.monotonic()
    with pytest.raises(TransportError):
        sender.begin(message)
    assert time.monotonic() - started < 2


def test_an_idle_connection_closed_by_the_server_is_opened_anew(serve, sender_to, message):
    server = serve(MAIL=["250 ok", "421 4.4.2 idle too long"])
    sender = sender_to(server)
    for _ in range(2):
        sender.begin(message)
        sender.finish()
    assert (server.connections, len(server.delivered)) == (2, 2)


def test_a_kept_connection_that_died_meanwhile_is_opened_anew(serve, sender_to, message):
    server = serve(MAIL=["250 ok", DROP])
    sender = sender_to(server)
    for _ in range(2):
        sender.begin(message)
        sender.finish()
    assert (server.connections, len(server.delivered)) == (2, 2)


def test_421_closes_and_the_next_message_opens_anew(serve, sender_to, message):
    server = serve(RCPT=["421 4.7.0 slow down"])
    sender = sender_to(server)
    with pytest.raises(TransportError) as refused:
        sender.begin(message)
    assert not refused.value.permanent
    sender.begin(message)
    sender.finish()
    assert server.connections == 2


def test_a_refusal_keeps_its_meaning_when_the_reset_after_it_fails(serve, sender_to, message):
    server = serve(RCPT=["550 5.1.1 no such user"], RSET=DROP)
    with pytest.raises(TransportError) as refused:
        sender_to(server).begin(message)
    assert refused.value.scope is Scope.ADDRESS


@pytest.mark.parametrize("point", ["K4", "K5", "K6"])
def test_a_fault_before_the_dot_delivers_nothing(serve, sender_to, message, armed, point):
    server = serve()
    sender = sender_to(server)
    armed(f"{point}:raise")
    with pytest.raises(fault.InjectedFault):
        sender.begin(message)
    armed("")
    sender.begin(message)
    sender.finish()
    assert len(delivered_after(server, sender, message)) == 1


def test_a_fault_after_the_dot_is_an_unknown_outcome(serve, sender_to, message, armed):
    sender = sender_to(serve())
    armed("K9:raise")
    sender.begin(message)
    with pytest.raises(OutcomeUnknown):
        sender.finish()


def test_nobody_listening_is_the_channels_fault(serve, sender_to, message):
    server = serve()
    server.stop()
    with pytest.raises(TransportError) as refused:
        sender_to(server).begin(message)
    assert (refused.value.permanent, refused.value.scope) == (False, Scope.CHANNEL)


@pytest.mark.parametrize(
    "address",
    [
        "ana@example.com>\r\nRCPT TO:<spy@example.com",
        "a b@example.com",
        "a>@example.com",
        "ána@example.com",
        "",
        "x" * 300,
    ],
)
def test_an_address_cannot_carry_a_command(serve, sender_to, message, address):
    server = serve()
    with pytest.raises(ValueError, match="envelope"):
        sender_to(server).begin(OutboundMessage("<1@s>", "mail@shop.example", address, message.content))
    assert server.commands == []


@pytest.mark.parametrize("content", [b"a\nb\r\n", b"a\rb\r\n", b"x\n.\nMAIL FROM:<evil@example.com>\r\n"])
def test_a_message_with_bare_line_breaks_is_refused(content):
    with pytest.raises(ValueError, match="CRLF"):
        quoted(content)


def test_misuse_is_told(serve, sender_to, message):
    sender = sender_to(serve())
    with pytest.raises(RuntimeError):
        sender.finish()
    sender.begin(message)
    with pytest.raises(RuntimeError):
        sender.begin(message)


def test_body_and_dot_are_not_held_back_by_the_kernel(serve, sender_to, message):
    sender = sender_to(serve())
    sender.begin(message)
    assert sender._connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    with contextlib.suppress(TransportError):
        sender.finish()
