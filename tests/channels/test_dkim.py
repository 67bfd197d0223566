"""Signatures that receivers believe: dkimpy verifies each, and none survives a change."""

import base64
import re
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dkim.canonicalization import Relaxed
from hypothesis import given
from hypothesis import strategies as st

from app.channels.dkim import SIGNED, relaxed_body, sign
from app.config import SigningKey
from app.messages.mail import mime

NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
RSA = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
ED25519 = ed25519.Ed25519PrivateKey.generate()
KEYS = {"rsa": SigningKey("shop.example", "wt1", RSA), "ed25519": SigningKey("shop.example", "wt1", ED25519)}

BLANK = st.sampled_from([" ", "  ", "\t", " \t ", "\r\n ", "\r\n\t "])
WORD = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
VALUE = st.lists(st.tuples(BLANK, WORD), max_size=6).map(lambda pairs: "".join(map("".join, pairs)))
LINES = st.lists(st.text(st.sampled_from("ab=.\t  <\u00fc"), max_size=12), max_size=12)
BODY = st.tuples(LINES, st.sampled_from(["\r\n", "\r\n\r\n", " \r\n", "\r\n\t\r\n\r\n"])).map(
    lambda told: ("\r\n".join(told[0]) + told[1]).encode()
)


def in_dns(key):
    """Return the record as a receiver finds it."""
    public = key.private.public_key()
    if isinstance(key.private, rsa.RSAPrivateKey):
        kind, raw = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        kind, raw = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return b"v=DKIM1; k=%s; p=%s" % (kind.encode(), base64.b64encode(raw))


def verified(message, key):
    """Say whether dkimpy believes the message, knowing the key under its one name."""
    name = f"{key.selector}._domainkey.{key.domain}.".encode()

    def dns(asked, timeout):
        return in_dns(key) if asked == name else None

    return dkim.verify(message, dnsfunc=dns)


def letter(**changes):
    return mime.compose(
        mime.Letter(
            **{
                "message_id": "<abc@shop.example>",
                "sent_at": NOW,
                "from_name": "Käthe & Söhne",
                "from_address": "post@shop.example",
                "to_address": "ana@example.com",
                "reply_to": "hello@kiln.example.com",
                "subject": "Wie gefällt dir der Wasserkessel? " * 4,
                "text": "Hallo Ana,\n\n  zwei  Leerzeichen.\n.\n\n",
                "html": "<p>Hallo  Ana</p>\n\n",
                "unsubscribe_url": "https://app.example.com/u/" + "x" * 90,
                **changes,
            }
        )
    )


def signed_headers(message):
    (value,) = re.search(rb"^DKIM-Signature:(.*?)\r\n(?![ \t])", message, re.DOTALL | re.MULTILINE).groups()
    return re.search(rb"h=([^;]+);", re.sub(rb"\s", b"", value))[1].decode().split(":")


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("changes", [{}, {"unsubscribe_url": "", "is_notice": True}, {"text": "", "html": ""}])
def test_a_mail_of_ours_is_believed(key, changes):
    signed = sign(letter(**changes), key, NOW)
    assert verified(signed, key)
    assert all(len(line) <= 998 for line in signed.split(b"\r\n"))


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_both_headers_of_one_click_unsubscribe_are_signed(key):
    named = signed_headers(sign(letter(), key, NOW))
    assert named.count("list-unsubscribe") == named.count("list-unsubscribe-post") == 2  # and none can be added


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("name", SIGNED)
def test_no_signed_header_can_be_changed_removed_or_added(key, name):
    signed = sign(letter(), key, NOW)
    line = re.search(rf"^{name}:.*?\r\n(?![ \t])".encode(), signed, re.DOTALL | re.MULTILINE | re.IGNORECASE)[0]
    head, value = line.split(b":", 1)
    assert not verified(signed.replace(line, head + b":x" + value), key)
    assert not verified(signed.replace(line, b""), key)
    assert not verified(line + signed, key)


def test_another_body_is_not_believed():
    signed = sign(letter(), KEYS["rsa"], NOW)
    assert not verified(signed.replace(b"zwei", b"drei"), KEYS["rsa"])
    another = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    assert not verified(signed, SigningKey("shop.example", "wt1", another))


def test_blanks_a_relay_changes_do_no_harm():
    signed = sign(letter(), KEYS["ed25519"], NOW)
    assert verified(signed.replace(b"To: ", b"To:   ").replace(b"zwei  L", b"zwei \t L") + b"\r\n\r\n", KEYS["ed25519"])


@given(body=BODY)
def test_a_body_is_canonical_as_dkimpy_has_it(body):
    assert relaxed_body(body) == Relaxed.canonicalize_body(body)


@given(headers=st.dictionaries(st.sampled_from(["Subject", "To", "X-Shop", "Reply-To"]), VALUE), body=BODY)
def test_whatever_stands_in_headers_and_body_is_believed(headers, body):
    lines = [f"{name}:{value}" for name, value in ({"From": " a@shop.example"} | headers).items()]
    message = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    assert verified(sign(message, KEYS["ed25519"], NOW), KEYS["ed25519"])
