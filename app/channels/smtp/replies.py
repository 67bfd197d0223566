"""What a mail server's refusal means, sorted once. Pure.

Enhanced codes are RFC 3463's: class.subject.detail; subject 1 is addressing, 2 mailbox, 3 mail system, 7 policy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from app.channels.base import Scope, TransportError

REPLY_MAX_CHARS = 300  # enough to read what the server meant; the rest is boilerplate

# The recipient does not exist: 1.1 no mailbox, 1.2 no domain, 1.3 not an address, 1.10 the domain takes no mail.
DEAD_ADDRESS = frozenset({"1.1", "1.2", "1.3", "1.10"})
# The sender address is refused: true for every message that carries it.
DEAD_SENDER = frozenset({"1.7", "1.8"})

ENHANCED = re.compile(r"\s*([245])\.(\d{1,3}\.\d{1,3})\b")
ADDRESS_IN_TEXT = re.compile(r"<[^>\s]*@[^>\s]*>|[^\s<>@,;:\"'()]+@[^\s<>@,;:\"'()]+")
UNPRINTABLE = re.compile(r"[^\x20-\x7e]+")


class Phase(StrEnum):
    """Name the step of the SMTP dialogue a reply answers."""

    GREETING = "greeting"
    TLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    FINAL = "final dot"


@dataclass(frozen=True, slots=True)
class Reply:
    """Hold one whole reply: its three-digit code and its lines, joined by spaces."""

    code: int
    text: str

    @property
    def enhanced(self) -> str | None:
        """Return subject and detail of the enhanced code ("1.1"), None when the server gave none."""
        found = ENHANCED.match(self.text)
        return found[2] if found else None


def plain_words(text: str) -> str:
    """Return a server's words fit for storing: one line, printable, no addresses, at most 300 characters."""
    return ADDRESS_IN_TEXT.sub("(address)", UNPRINTABLE.sub(" ", text)).strip()[:REPLY_MAX_CHARS]


def refusal(reply: Reply, phase: Phase) -> TransportError:
    """Return what `reply`, a 4xx or 5xx (or a reply no RFC knows), means for the message."""
    temporary = not 500 <= reply.code <= 599
    return TransportError(
        f"{reply.code} at {phase}: {plain_words(reply.text)}",
        permanent=not temporary and _scope(reply, phase) in {Scope.MESSAGE, Scope.ADDRESS},
        scope=_scope(reply, phase),
        code=reply.code,
    )


def _scope(reply: Reply, phase: Phase) -> Scope:
    if phase in {Phase.GREETING, Phase.TLS, Phase.AUTH}:
        return Scope.CHANNEL
    if not 500 <= reply.code <= 599:
        return Scope.MESSAGE
    enhanced = reply.enhanced or ""
    if enhanced.startswith("7.") or reply.code in {530, 535}:
        return Scope.SHOP
    if enhanced in DEAD_SENDER:
        return Scope.CHANNEL
    if phase is Phase.MAIL and not enhanced.startswith("3."):
        return Scope.CHANNEL  # every message has this sender, so every message is refused
    if enhanced in DEAD_ADDRESS and phase in {Phase.RCPT, Phase.FINAL}:
        return Scope.ADDRESS
    return Scope.MESSAGE  # a bare 550 may be policy as well as a missing mailbox: the address is not held guilty
