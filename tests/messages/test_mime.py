import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP, default
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.channels.smtp.phases import quoted
from app.messages.mail.mime import LINE_MAX, Letter, MimeError, compose, printable

LETTER = Letter(
    message_id="<m7.2@mail.example.com>",
    sent_at=datetime(2026, 11, 27, 16, 5, tzinfo=UTC),
    from_name="Kiln & Kettle",
    from_address="mail@welltimed.example.com",
    to_address="ana@example.com",
    reply_to="hello@example.com",
    subject="On its way: Gooseneck Kettle",
    text="Hello.\n.\nÄ last line",
    html="<p>Hello – ä</p>\n" * 50,
)
UNSUBSCRIBE = "https://mail.example.com/u/" + "t" * 400


def read(letter):
    return message_from_bytes(compose(letter), policy=default)


def header_names(letter):
    return sorted(name for name, _ in read(letter).items())


def test_a_mail_reads_as_it_was_written():
    mail = read(LETTER)
    assert mail["From"] == "Kiln & Kettle <mail@welltimed.example.com>"
    assert mail["Reply-To"] == "hello@example.com"
    assert mail["To"] == "ana@example.com"
    assert mail["Message-ID"] == "<m7.2@mail.example.com>"
    assert mail["Date"].datetime == LETTER.sent_at
    assert mail.get_content_type() == "multipart/alternative"
    plain, html = mail.iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert plain.get_content().splitlines() == LETTER.text.splitlines()
    assert unescape(html.get_content()).split() == LETTER.html.split()


@given(html=st.text(max_size=300), text=st.text(max_size=300))
@example(html="", text="\r")
@example(html="\r\n", text="")
def test_what_is_read_is_what_was_written(html, text):
    ends = re.compile(r"\r\n?|\n")
    plain, rich = read(replace(LETTER, html=html, text=text)).iter_parts()
    as_bytes = [part.get_payload(decode=True).decode() for part in (plain, rich)]
    assert ends.sub("\n", as_bytes[0]) == ends.sub("\n", text)
    said = ends.sub("\n", as_bytes[1])
    assert said.isascii()
    assert re.sub(r"&#(\d+);", lambda one: chr(int(one[1])), said) == ends.sub("\n", html)


@pytest.mark.parametrize(
    ("words", "encoding"),
    [("Hello.", "7bit"), ("x" * 998, "7bit"), ("x" * 999, "quoted-printable"), ("a\0b", "quoted-printable")],
)
def test_a_part_is_encoded_only_where_it_has_to_be(words, encoding):
    parts = read(replace(LETTER, text=words, html=words)).iter_parts()
    assert [part["Content-Transfer-Encoding"] for part in parts] == [encoding] * 2


def test_a_transactional_mail_has_these_headers_and_no_others():
    assert header_names(LETTER) == sorted(
        ["Message-ID", "Date", "From", "To", "Reply-To", "Subject", "MIME-Version", "Content-Type"]
    )


def test_one_click_unsubscribing_needs_both_headers_and_the_address_in_one_piece():
    raw = compose(replace(LETTER, unsubscribe_url=UNSUBSCRIBE))
    assert f"\r\nList-Unsubscribe: <{UNSUBSCRIBE}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_only_a_notice_says_that_no_person_wrote_it():
    assert read(LETTER)["Auto-Submitted"] is None
    assert read(replace(LETTER, is_notice=True))["Auto-Submitted"] == "auto-generated"


def test_the_same_letter_is_the_same_bytes():
    assert compose(LETTER) == compose(LETTER)


@pytest.mark.parametrize(
    "name",
    [
        "Käthe's Töpferei",
        'The "Best" Shop, Ltd.',
        "a@b.example <x@y.example>",
        "日本のお茶屋さん",
        "\\back\\",
        "",
        "Ω" * 120,
    ],
)
def test_a_shop_name_cannot_become_another_address(name):
    (sender,) = read(replace(LETTER, from_name=name))["From"].addresses
    assert sender.addr_spec == "mail@welltimed.example.com"
    # between two encoded words RFC 2047 drops blanks; the standard library's reader of display names does not
    assert sender.display_name.replace(" ", "") == name.replace(" ", "")


words = st.text(max_size=300) | st.text('\r\n\t\x0b\u2028\u202e:<>,"@=? aÄ', max_size=200)


@given(from_name=words, subject=words, text=words, html=words)
def test_no_words_anywhere_change_the_set_of_headers_or_break_a_line(from_name, subject, text, html):
    letter = replace(LETTER, from_name=from_name, subject=subject, text=text, html=html)
    raw = compose(letter)
    head = raw.split(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n")
    assert [line.split(b":")[0] for line in head] == [
        b"Message-ID", b"Date", b"From", b"To", b"Subject", b"Reply-To", b"MIME-Version", b"Content-Type",
    ]  # fmt: skip
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= LINE_MAX
    quoted(raw)  # every line break is CRLF
    mail = message_from_bytes(raw, policy=default)
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["From"].addresses[0].addr_spec == "mail@welltimed.example.com"


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80) | words)
def test_a_subject_is_the_standard_librarys(subject):
    raw = compose(replace(LETTER, subject=subject))
    lines = raw.split(b"\r\n\r\n")[0].replace(b"\r\n ", b"\0 ").split(b"\r\n")
    (line,) = [line.replace(b"\0", b"\r\n") for line in lines if line.startswith(b"Subject:")]
    assert line + b"\r\n" == SMTP.header_factory("Subject", printable(subject)).fold(policy=SMTP).encode()


@pytest.mark.parametrize("field", ["from_address", "to_address", "reply_to"])
@pytest.mark.parametrize(
    "value",
    [
        "ana@example.com\r\nBcc: spy@example.com",
        "ana@example.com\n",
        "Ana <ana@example.com>",
        "a@example.com, b@example.com",
        "änä@example.com",
        "ana@example.com\x00",
        "no address",
        "a" * 300 + "@example.com",
    ],
)
def test_an_address_that_is_not_one_bare_address_is_refused_and_not_repeated(field, value):
    with pytest.raises(MimeError) as refused:
        compose(replace(LETTER, **{field: value}))
    assert value not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["https://x.example/u\r\nBcc: a@example.com", "javascript:alert(1)", "https://x.example/ä"]
)
def test_an_unsubscribe_address_that_is_not_one_is_refused(url):
    with pytest.raises(MimeError):
        compose(replace(LETTER, unsubscribe_url=url))


@pytest.mark.parametrize(
    "value", ["no brackets@x", "<a b@x.example>", "<a@x.example>\r\nBcc: a@example.com", "<" + "a" * 999 + "@x>"]
)
def test_a_message_id_that_is_not_one_is_refused(value):
    with pytest.raises(MimeError):
        compose(replace(LETTER, message_id=value))
