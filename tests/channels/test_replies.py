import pytest

from app.channels.base import Scope
from app.channels.smtp import address
from app.channels.smtp.address import Security
from app.channels.smtp.replies import REPLY_MAX_CHARS, Phase, Reply, plain_words, refusal

M, A, S, C = Scope.MESSAGE, Scope.ADDRESS, Scope.SHOP, Scope.CHANNEL


@pytest.mark.parametrize(
    ("phase", "code", "text", "permanent", "scope"),
    [
        (Phase.RCPT, 550, "5.1.1 no such user", True, A),
        (Phase.RCPT, 550, "5.1.2 no such domain", True, A),
        (Phase.RCPT, 553, "5.1.3 not an address", True, A),
        (Phase.RCPT, 556, "5.1.10 the domain takes no mail", True, A),
        (Phase.RCPT, 452, "4.2.2 mailbox full", False, M),
        (Phase.RCPT, 552, "5.2.2 mailbox full", True, M),  # full is not gone
        (Phase.RCPT, 550, "mailbox unavailable", True, M),  # could be policy: the address stays
        (Phase.RCPT, 554, "5.7.1 relay access denied", False, S),
        (Phase.RCPT, 550, "5.7.515 sender does not meet our requirements", False, S),
        (Phase.RCPT, 451, "4.7.1 greylisted", False, M),
        (Phase.RCPT, 530, "authenticate first", False, S),
        (Phase.MAIL, 550, "5.7.1 policy", False, S),
        (Phase.MAIL, 550, "sender refused", False, C),
        (Phase.MAIL, 501, "5.1.7 bad sender syntax", False, C),
        (Phase.MAIL, 552, "5.3.4 too big for us", True, M),
        (Phase.MAIL, 450, "4.3.2 later", False, M),
        (Phase.DATA, 554, "5.5.1 no valid recipients", True, M),
        (Phase.FINAL, 550, "5.1.1 checked late", True, A),
        (Phase.FINAL, 554, "5.6.0 content", True, M),
        (Phase.FINAL, 550, "5.7.26 unauthenticated", False, S),
        (Phase.FINAL, 452, "4.3.1 disk", False, M),
        (Phase.AUTH, 535, "5.7.8 wrong", False, C),
        (Phase.AUTH, 454, "4.7.0 later", False, C),
        (Phase.GREETING, 554, "go away", False, C),
    ],
)
def test_every_refusal_has_one_meaning(phase, code, text, permanent, scope):
    error = refusal(Reply(code, text), phase)
    assert (error.permanent, error.scope, error.code) == (permanent, scope, code)


def test_only_a_missing_address_is_ever_held_against_the_person():
    for phase in Phase:
        for code in range(400, 600):
            for detail in ("1.0", "1.4", "1.6", "2.1", "2.2", "2.3", "7.1", "7.26", "5.0"):
                assert refusal(Reply(code, f"{code // 100}.{detail} x"), phase).scope is not Scope.ADDRESS


def test_stored_words_carry_no_address_no_control_character_and_no_novel():
    words = plain_words(
        "5.1.1 <ana@example.com>: gone\r\n\x1b[31m see ana.b@example.com, or bob@example.com " + "x" * 999
    )
    assert "@" not in words
    assert words.isprintable()
    assert len(words) <= REPLY_MAX_CHARS


@pytest.mark.parametrize(
    ("url", "security", "host", "port"),
    [
        ("smtp://127.0.0.1:2525", Security.OFFERED, "127.0.0.1", 2525),
        ("smtp://mail.example", Security.OFFERED, "mail.example", 25),
        ("smtp+starttls://mail.example", Security.STARTTLS, "mail.example", 587),
        ("smtps://mail.example", Security.IMPLICIT, "mail.example", 465),
        ("smtp://[::1]:2525", Security.OFFERED, "::1", 2525),
    ],
)
def test_an_smtp_url_says_where_and_how(url, security, host, port):
    server = address.parse(url)
    assert (server.security, server.host, server.port) == (security, host, port)


def test_credentials_are_decoded_and_never_shown():
    server = address.parse("smtps://me%40shop.example:p%3Ass%2Fw@mail.example")
    assert (server.username, server.password) == ("me@shop.example", "p:ss/w")
    assert "p:ss/w" not in f"{server!r} {server}"


@pytest.mark.parametrize("url", ["http://mail.example", "smtp://", "mail.example"])
def test_a_url_that_says_neither_is_refused_without_being_repeated(url):
    with pytest.raises(ValueError, match="SMTP_URL"):
        address.parse(url)
