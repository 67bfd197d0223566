"""Send one message phase by phase, stopping one dot before the point of no return.

A receiver that loses the connection before the final dot must drop the message (RFC 5321 §4.1.1.10). So everything up
to the dot is safe to repeat, and the caller commits the hand-over between `begin` and `finish`. Only a lost answer to
the dot leaves us not knowing.
"""

from __future__ import annotations

import contextlib
import re
import select
import ssl
from dataclasses import dataclass, replace

from app.channels.base import OutboundMessage, OutcomeUnknown, SendReceipt, TransportError
from app.channels.dkim import signed
from app.channels.smtp.address import ServerAddress
from app.channels.smtp.connection import Connection, Deadlines, connect
from app.channels.smtp.envelope import Envelope
from app.channels.smtp.replies import Phase, Reply, plain_words, refusal
from app.config import SigningKey
from app.kit import fault
from app.kit.clock import real_now

ENVELOPE_ADDRESS = re.compile(r"[!-;=?-~]{1,254}")  # printable ASCII without blanks and angle brackets


@dataclass(slots=True)
class _Started:
    """Hold a message on its way: as it was given, and once sealed, as it is said."""

    message: OutboundMessage
    was_open: bool
    sealed: OutboundMessage | None = None
    body: bytes = b""
    envelope: Envelope | None = None
    fault: Exception | None = None


@dataclass(slots=True)
class _Crossed:
    """Hold what went wrong with a dot, if anything did."""

    fault: TransportError | OutcomeUnknown | None = None


class SmtpSender:
    """Drive one connection through many messages, one at a time. Follows app.channels.base.PhasedTransport."""

    def __init__(
        self,
        server: ServerAddress,
        local_hostname: str,
        deadlines: Deadlines | None = None,
        signing: SigningKey | None = None,
    ) -> None:
        """Take where to send, what EHLO says and whose signature mails carry; nothing is opened before `begin`."""
        self.server = server
        self.local_hostname = local_hostname
        self.deadlines = deadlines or Deadlines()
        self.signing = signing
        self._connection: Connection | None = None
        self._started: _Started | None = None
        self._before_dot = False
        self._crossed: _Crossed | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether a connection is kept from the message before."""
        return self._connection is not None

    def seal(self, message: OutboundMessage) -> OutboundMessage:
        """Return the message signed. Most of it is arithmetic during which other threads work."""
        return replace(message, content=signed(message.content, self.signing, real_now()), sealed=True)

    def start(self, message: OutboundMessage) -> None:
        """Say MAIL, RCPT and DATA, or as much of it as may be said at once; what goes wrong is left to `begin`."""
        if self._before_dot or self._crossed is not None:
            raise RuntimeError("the message before this one was neither finished nor abandoned")
        self._started = started = _Started(message, was_open=self.is_open)
        try:
            sealed = message if message.sealed else self.seal(message)
            started.body = quoted(sealed.content)
            _refuse_odd_addresses(message)
            started.sealed = sealed
            started.envelope = self._say(sealed)
        except (TransportError, OSError, ValueError) as fault_:
            started.fault = fault_

    def begin(self, message: OutboundMessage) -> None:
        """Bring the message to the byte before its final dot.

        Raise TransportError when it was refused or the line broke: nothing is delivered. Raise ValueError for an
        address or content that could smuggle a command. After any exception the object is ready for the next message.
        """
        if self._started is None or self._started.message is not message:
            if self._started is not None:
                self._hang_up()  # another message was said here, and is not to be taken for this one
            self.start(message)
        started, self._started = self._started, None
        assert started is not None  # noqa: S101 - `start` has just made it
        try:
            self._bring(started)
        except (TransportError, ValueError):
            raise  # refused in good order: the connection is clean, or closed
        except OSError as error:
            self._hang_up()
            words = plain_words(str(error)) or type(error).__name__
            raise TransportError(f"the connection broke before the final dot: {words}", permanent=False) from error
        except BaseException:
            self._hang_up()  # without the dot nothing is delivered, whatever it was
            raise
        self._before_dot = True

    def cross(self) -> None:
        """Write the dot, unless the receiver is seen to have left; what came of it is left to `finish`."""
        connection = self._connection
        if connection is None or not self._before_dot:
            raise RuntimeError("no message is waiting for its dot")
        self._before_dot = False
        self._crossed = crossed = _Crossed()
        if _has_left(connection):
            self._hang_up()
            self._crossed = crossed
            crossed.fault = TransportError("the mail server left before the final dot", permanent=False)
            return
        try:
            connection.allow(self.deadlines.final_s)
            connection.write(b".\r\n")
            fault.point("K9")
        except Exception as error:  # noqa: BLE001 - whatever it was, the dot may have gone
            self._hang_up()
            self._crossed = crossed
            crossed.fault = _unanswered(error)

    def finish(self) -> SendReceipt:
        """Write the dot where that is not done, and read the verdict.

        Raise TransportError when the receiver said no, or is seen to have left before the dot; OutcomeUnknown when the
        dot was written and no verdict came.
        """
        if self._crossed is None:
            self.cross()
        crossed, self._crossed = self._crossed, None
        if crossed is None or self._connection is None or crossed.fault is not None:
            raise (crossed and crossed.fault) or RuntimeError("the connection is closed")
        try:
            reply = self._connection.read()
        except Exception as error:
            self._hang_up()
            raise _unanswered(error) from error
        except BaseException:
            self._hang_up()  # the process is being ended; the row stays handed over, which reads as unknown
            raise
        if 200 <= reply.code <= 299:
            return SendReceipt(reply.code, plain_words(reply.text))
        if not 400 <= reply.code <= 599:
            self._hang_up()
            raise OutcomeUnknown(f"the answer to the final dot was {reply.code}")
        if reply.code == 421:
            self._hang_up()
        raise refusal(reply, Phase.FINAL)

    def abandon(self) -> None:
        """Turn back: close without the dot. Does nothing when no message is under way."""
        self._turn_back()

    def close(self) -> None:
        """Say QUIT, waiting a second at most; abandon a message that is under way."""
        self.abandon()
        if self._connection is not None:
            with contextlib.suppress(OSError):  # it may be gone already, which is what was wanted
                self._connection.ask("QUIT", self.deadlines.quit_s)
            self._hang_up()

    def _turn_back(self) -> None:
        if self._before_dot or self._started is not None or self._crossed is not None:
            self._hang_up()

    def _say(self, sealed: OutboundMessage) -> Envelope:
        """Say the envelope on the kept connection, or on a new one."""
        if self._connection is None:
            self._connection = connect(self.server, self.local_hostname, self.deadlines)
        envelope = Envelope(self._connection, sealed, self.deadlines.command_s)
        envelope.say()
        return envelope

    def _bring(self, started: _Started) -> None:
        envelope = self._mail(started)
        fault.point("K4")
        self._expect(envelope, envelope.reply(), Phase.RCPT, 2)
        fault.point("K5")
        self._expect(envelope, envelope.reply(), Phase.DATA, 3)
        self._write_body(envelope.connection, started.body)

    def _mail(self, started: _Started) -> Envelope:
        """Read the answer to MAIL; where the kept connection was closed meanwhile, ask again on a new one."""
        envelope, sealed = started.envelope, started.sealed
        if sealed is None or (envelope is None and not started.was_open):
            raise started.fault or RuntimeError("the message was not started")
        if started.was_open:
            with contextlib.suppress(OSError):
                reply = envelope.reply() if envelope is not None else None
                if envelope is not None and reply is not None and reply.code != 421:
                    self._expect(envelope, reply, Phase.MAIL, 2)
                    return envelope
            self._hang_up()
            envelope = self._say(sealed)
        assert envelope is not None  # noqa: S101 - without one, the fault was raised
        self._expect(envelope, envelope.reply(), Phase.MAIL, 2)
        return envelope

    def _write_body(self, connection: Connection, body: bytes) -> None:
        middle = len(body) // 2
        connection.allow(self.deadlines.body_s)
        connection.write(body[:middle])
        fault.point("K6")
        connection.write(body[middle:])

    def _expect(self, envelope: Envelope, reply: Reply, phase: Phase, first_digit: int) -> None:
        """Raise what the reply means unless it is the expected kind; the connection is left clean, or closed."""
        if reply.code // 100 == first_digit:
            return
        if not self._reset_after(envelope, reply):
            self._hang_up()
        raise refusal(reply, phase)

    def _reset_after(self, envelope: Envelope, reply: Reply) -> bool:
        if self._connection is None or reply.code == 421 or not 400 <= reply.code <= 599:
            return False
        with contextlib.suppress(OSError):
            return envelope.is_over() and self._connection.ask("RSET", self.deadlines.command_s).code == 250
        return False

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.hang_up()
        self._connection = None
        self._started, self._before_dot, self._crossed = None, False, None


def _refuse_odd_addresses(message: OutboundMessage) -> None:
    for address in (message.sender, message.recipient):
        if not ENVELOPE_ADDRESS.fullmatch(address):
            raise ValueError("an envelope address is printable ASCII without blanks")


def quoted(content: bytes) -> bytes:
    """Return the message as DATA wants it: dots at line starts doubled, ending with a line end.

    Raise ValueError for a CR or LF standing alone: receivers disagree on what it ends (SMTP smuggling).
    """
    if not content.count(b"\r\n") == content.count(b"\r") == content.count(b"\n"):
        raise ValueError("the message has a line break that is not CRLF")
    body = content.replace(b"\r\n.", b"\r\n..") if b"\n." in content else content
    body = b"." + body if body.startswith(b".") else body
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def _unanswered(error: Exception) -> OutcomeUnknown:
    return OutcomeUnknown(f"no answer to the final dot: {type(error).__name__}")


def _has_left(connection: Connection) -> bool:
    """Tell whether the server closed, or spoke out of turn, before the dot: then it cannot have taken the message.

    Under TLS a readable socket may mean only new session keys, so nothing is concluded from it.
    """
    if connection.unread:
        return True
    if connection.sock is None or isinstance(connection.sock, ssl.SSLSocket):
        return connection.sock is None
    readable, _, _ = select.select([connection.sock], [], [], 0)
    return bool(readable)
