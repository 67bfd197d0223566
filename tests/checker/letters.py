"""Read a mail as its reader does: which of the five it is, by its subject, and which things it names."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tests.checker.evidence import Mail

SUBJECTS = (
    ("thank_you", re.compile(r"Not a receipt|Keine Rechnung")),
    ("shipped", re.compile(r"On its way|Unterwegs")),
    ("delivered", re.compile(r"Arrived:|Should be with you|Angekommen|Sollte da sein")),
    ("product_help", re.compile(r"Help with|Hilfe zu")),
    ("review_request", re.compile(r"A minute about|arrived. How is it|how has it been|Eine Minute|Ihr Eindruck")),
)
SUBJECT = re.compile(rb"^Subject: (.*?)\r\n(?! )", re.MULTILINE | re.DOTALL)
FROM = re.compile(rb"^From: (.*?) <", re.MULTILINE)
THING = re.compile(r"Thing \d+")


@dataclass(frozen=True)
class Letter:
    """A mail, read. `step` is None where no subject of the five fits."""

    at: datetime
    message_id: str
    recipient: str
    step: str | None
    sender: str
    things: frozenset[str]  # titles
    subject: str

    @property
    def public(self) -> str:
        """Return the part of its Message-ID before the @."""
        return self.message_id.partition("@")[0].strip("<")


def read(mail: Mail) -> Letter:
    """Return what a reader sees."""
    head, _, body = mail.content.partition(b"\r\n\r\n")
    found = SUBJECT.search(head + b"\r\n")
    subject = found[1].decode("ascii", "replace") if found else ""
    sender = FROM.search(head)
    words = quopri.decodestring(body).decode("utf-8", "replace")
    return Letter(
        mail.at,
        mail.message_id,
        mail.recipient,
        next((step for step, looks in SUBJECTS if looks.search(subject)), None),
        sender[1].decode().strip('"') if sender else "",
        frozenset(THING.findall(words + subject)),
        subject,
    )


def by_title(titles: Mapping[str, int], things: Iterable[str]) -> frozenset[int]:
    """Return the order lines the things are."""
    return frozenset(titles[thing] for thing in things if thing in titles)
