"""Turn a finished mail into the bytes that leave: headers, a text part, an HTML part, nothing that could be smuggled.

Auto-Submitted (RFC 3834 §5) is set on notices alone: they report a fact no person wrote, and answering machines should
not answer them. The other mails are the shop's letters: a reply is asked for, and the header would tell receiving
systems that nobody reads it.
"""

from __future__ import annotations

import binascii
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime
from functools import lru_cache

LINE_MAX = 998  # characters without the line end, RFC 5322 §2.1.1
UNFOLDED = 68  # characters of a subject that stand on one line of 78 with their header's name
ADDRESS_MAX = 254  # characters, RFC 5321 §4.5.3.1 as corrected by its errata
ADDRESS = re.compile(r"[!#-'*+\-/-9=?A-Z^-~]+(\.[!#-'*+\-/-9=?A-Z^-~]+)*@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
MESSAGE_ID = re.compile(r"<[!#-'*+\-./-9=?A-Z^-~]+@[A-Za-z0-9.-]+>")
IN_BRACKETS = re.compile(r"<https?://[!-;=?-~]+>")
ANYTHING = re.compile(r"[ -~]*")
LINE_END = re.compile(r"\r\n|\r|\n")
UNFIT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # Unicode categories nobody can read
ZERO_WIDTH_JOINER = "\u200d"  # unreadable too, but it holds emoji and some scripts together


class MimeError(ValueError):
    """Say which header cannot be written. The value is not repeated: it may be somebody's address."""

    def __init__(self, field: str, message: str) -> None:
        """Take the header's name and what is wrong with its value."""
        super().__init__(f"{field}: {message}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Letter:
    """Hold one mail before it is bytes. `sent_at` is an aware instant; `message_id` has its angle brackets.

    `unsubscribe_url` answers a bare POST (RFC 8058); "" leaves both headers out, as on purely transactional mail.
    """

    message_id: str
    sent_at: datetime
    from_name: str
    from_address: str
    to_address: str
    reply_to: str
    subject: str
    text: str
    html: str
    unsubscribe_url: str = ""
    is_notice: bool = False


def compose(letter: Letter) -> bytes:
    """Return the whole message with CRLF line ends, ASCII only; raise MimeError for a header that cannot be written.

    The same letter gives the same bytes.
    """
    headers = [
        _plain("Message-ID", letter.message_id, MESSAGE_ID),
        _plain("Date", format_datetime(letter.sent_at), ANYTHING),
        _sender(letter.from_name, letter.from_address),
        _plain("To", _address("To", letter.to_address), ANYTHING),
        _subject(printable(letter.subject)),
    ]
    if letter.reply_to:
        headers.append(_plain("Reply-To", _address("Reply-To", letter.reply_to), ANYTHING))
    if letter.unsubscribe_url:
        headers.append(_plain("List-Unsubscribe", f"<{letter.unsubscribe_url}>", IN_BRACKETS))
        headers.append(_plain("List-Unsubscribe-Post", "List-Unsubscribe=One-Click", ANYTHING))
    if letter.is_notice:
        headers.append(_plain("Auto-Submitted", "auto-generated", ANYTHING))
    # No quoted-printable has "=_" in it, and no plain words the hash of a random id.
    boundary = "=_" + hashlib.sha256(letter.message_id.encode()).hexdigest()[:24]
    headers.append(_plain("MIME-Version", "1.0", ANYTHING))
    headers.append(_plain("Content-Type", f'multipart/alternative; boundary="{boundary}"', ANYTHING))
    head = b"".join(headers)
    if any(len(line) > LINE_MAX for line in head.split(b"\r\n")):
        raise MimeError("message", f"a header line is longer than {LINE_MAX} characters")
    parts = (_part(boundary, "plain", letter.text), _part(boundary, "html", letter.html))
    return b"".join((head, b"\r\n", *parts, f"--{boundary}--\r\n".encode()))


def printable(words: str) -> str:
    """Return words fit for a header: one line, no control, direction-changing or unassigned characters."""
    if words.isascii() and words.isprintable():
        return " ".join(words.split())
    spaced = "".join(" " if each.isspace() else each for each in words)
    kept = (each for each in spaced if unicodedata.category(each) not in UNFIT or each == ZERO_WIDTH_JOINER)
    return " ".join("".join(kept).split())


def _plain(name: str, value: str, shape: re.Pattern[str]) -> bytes:
    """Return a header that is ASCII and is not folded: folding would encode a long word, and so break it."""
    if not shape.fullmatch(value) or len(name) + 2 + len(value) > LINE_MAX:
        raise MimeError(name, "the value has not the shape this header needs")
    return f"{name}: {value}\r\n".encode("ascii")


@lru_cache(maxsize=256)  # a shop's From line is the same on every mail, and the standard library is slow at it
def _sender(name: str, address: str) -> bytes:
    return _in_words("From", str(Address(display_name=printable(name), addr_spec=_address("From", address))))


def _subject(words: str) -> bytes:
    if (
        words and words.isascii() and len(words) < UNFOLDED and "=?" not in words
    ):  # nothing to encode and nothing to fold
        return f"Subject: {words}\r\n".encode("ascii")
    return _in_words("Subject", words)


def _in_words(name: str, value: str) -> bytes:
    """Return a header people read, encoded (RFC 2047) and folded where it must be."""
    return str(SMTP.header_factory(name, value).fold(policy=SMTP)).encode("ascii")


def _address(name: str, value: str) -> str:
    if not ADDRESS.fullmatch(value) or len(value) > ADDRESS_MAX:
        raise MimeError(name, "this is not one bare ASCII address")
    return value


def _fits(words: str) -> bool:
    """Say whether no line is longer than a mail's may be, by looking for one line end in as much as a line may hold."""
    end = -1
    while len(words) - end - 1 > LINE_MAX:
        end = words.rfind("\n", end + 1, end + LINE_MAX + 2)
        if end < 0:
            return False
    return True


def _part(boundary: str, subtype: str, words: str) -> bytes:
    """Return one part: as it stands where that is plain ASCII in lines short enough, else quoted-printable.

    HTML can say any character in ASCII. The standard library's own encoder is written in Python and takes 20 times as
    long as the one used here.
    """
    ended = LINE_END.sub("\n", words) if "\r" in words else words
    if subtype == "html" and not ended.isascii():
        ended = ended.encode("utf-8", "replace").decode().encode("ascii", "xmlcharrefreplace").decode()
    if ended.isascii() and "\0" not in ended and _fits(ended):
        encoding, body = "7bit", (ended + "\n").replace("\n", "\r\n").encode("ascii")
    else:  # its line ends decide how long lines are broken
        encoding = "quoted-printable"
        body = binascii.b2a_qp((ended + "\n").replace("\n", "\r\n").encode("utf-8", "replace"), istext=True)
    head = (
        f'--{boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode() + body
