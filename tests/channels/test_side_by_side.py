"""One thread brings many messages along: it says to all what there is to say before it waits for any."""

from dataclasses import replace

import pytest

from app.channels.base import OutcomeUnknown, TransportError
from tests.channels.scripted_server import DROP, SILENCE


def test_what_was_started_and_crossed_on_many_is_delivered_once_on_each(serve, sender_to, message):
    servers = [serve() for _ in range(3)]
    senders = [sender_to(server) for server in servers]
    for _ in range(2):
        for sender in senders:
            sender.start(message)
        for sender in senders:
            sender.begin(message)
        for sender in senders:
            sender.cross()
        assert [sender.finish().code for sender in senders] == [250] * 3
    assert [(server.connections, len(server.delivered)) for server in servers] == [(1, 2)] * 3


@pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA"])
def test_who_has_answered_is_heard_though_another_used_up_the_time(serve, sender_to, message, phase):
    silent, there = serve(**{phase: SILENCE}), serve(EHLO="250-test\r\n250 PIPELINING")
    first, second = sender_to(silent), sender_to(there)
    first.start(message)
    second.start(message)
    with pytest.raises(TransportError):
        first.begin(message)
    second.begin(message)
    assert second.finish().code == 250
    assert (len(silent.delivered), len(there.delivered)) == (0, 1)


def test_an_answer_to_the_dot_is_heard_though_another_used_up_the_time(serve, sender_to, message):
    senders = [sender_to(serve(dot=SILENCE)), sender_to(serve())]
    for sender in senders:
        sender.begin(message)
    for sender in senders:
        sender.cross()
    with pytest.raises(OutcomeUnknown):
        senders[0].finish()
    assert senders[1].finish().code == 250


def test_another_message_than_the_one_started_goes_alone(serve, sender_to, message):
    server = serve()
    sender = sender_to(server)
    sender.start(message)
    sender.begin(replace(message, recipient="bela@example.com", content=b"Subject: other\r\n\r\nx\r\n"))
    sender.finish()
    sender.close()
    server.stop()
    (letter,) = server.delivered
    assert letter.startswith(b"Subject: other")


def test_what_was_only_started_is_never_delivered(serve, sender_to, message):
    server = serve()
    sender = sender_to(server)
    sender.start(message)
    sender.abandon()
    sender.begin(message)
    sender.finish()
    sender.close()
    server.stop()
    assert len(server.delivered) == 1


def test_a_connection_that_died_while_it_was_kept_is_opened_anew(serve, sender_to, message):
    server = serve(MAIL=["250 ok", DROP])
    sender = sender_to(server)
    for _ in range(2):
        sender.start(message)
        sender.begin(message)
        sender.cross()
        sender.finish()
    assert (server.connections, len(server.delivered)) == (2, 2)


def test_a_refusal_of_an_unfit_address_waits_for_begin(serve, sender_to, message):
    sender = sender_to(serve())
    sender.start(replace(message, recipient="a b@example.com"))
    with pytest.raises(ValueError, match="ASCII"):
        sender.begin(replace(message, recipient="a b@example.com"))
    sender.begin(message)
    assert sender.finish().code == 250
