"""The one small interface behind which words leave the building, and the errors it may answer with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """Carry one finished message: envelope and bytes, nothing that still needs a decision.

    `sender` and `recipient` are bare ASCII addresses; `content` is a whole RFC 5322 message with CRLF line ends.
    `sealed`: it carries whatever signature it will leave with.
    """

    message_id: str
    sender: str
    recipient: str
    content: bytes
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """Prove that the receiver took the message: its code and its words, addresses taken out."""

    code: int
    reply: str


class Scope(StrEnum):
    """Say how far a refusal reaches, and so what has to stop."""

    MESSAGE = "message"  # this message only
    ADDRESS = "address"  # the recipient does not exist: suppress the address
    SHOP = "shop"  # policy or authentication of the sender: pause the shop, the person is not at fault
    CHANNEL = "channel"  # the way out itself: nothing of anybody's gets through


class TransportError(Exception):
    """Say that the message is certainly not delivered, and what to do about it.

    `permanent`: never try this message again. `retry_after_s`: seconds the receiver asked for, None to let the
    caller back off. `code` is the receiver's reply code, None when it gave none.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool,
        scope: Scope = Scope.MESSAGE,
        retry_after_s: float | None = None,
        code: int | None = None,
    ) -> None:
        """Take the receiver's words without addresses: they are stored and shown."""
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.scope = scope
        self.retry_after_s = retry_after_s
        self.code = code


class OutcomeUnknown(Exception):
    """Say that the message may or may not be delivered: it was handed over and no answer came.

    Not a TransportError on purpose: code that retries those must not catch this one by accident.
    """


class PhasedTransport(Protocol):
    """Send in two steps, so that the caller can commit between them.

    `begin` brings the message to one byte sequence before delivery, `finish` crosses that line, `abandon` turns back.
    One object is used by one thread at a time; its connection outlives a message.

    Many can be brought along by one thread: `start` and `cross` say what `begin` and `finish` then wait for the answer
    to, and leave it to these to raise what went wrong.
    """

    @property
    def is_open(self) -> bool:
        """Tell whether a connection is kept; without one, `start` takes the time it takes to make one."""

    def seal(self, message: OutboundMessage) -> OutboundMessage:
        """Return the message as it will be said. Asks nobody: may be done ahead, and by another thread."""

    def start(self, message: OutboundMessage) -> None:
        """Say whom the message is for; `begin` of the same message goes on from there. Never raises."""

    def cross(self) -> None:
        """Hand the message over; `finish` reads the answer. Raises only what is no answer of the receiver's."""

    def begin(self, message: OutboundMessage) -> None:
        """Bring the message to the point of no return. Raise TransportError; nothing is delivered in any case."""

    def finish(self) -> SendReceipt:
        """Hand the message over. Raise TransportError when it was refused, OutcomeUnknown when nobody can know."""

    def abandon(self) -> None:
        """Turn back before the hand-over: the receiver drops what it has. Never raises; does nothing when idle."""

    def close(self) -> None:
        """Leave the receiver politely. Never raises."""
