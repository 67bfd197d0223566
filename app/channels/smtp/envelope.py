"""Say MAIL, RCPT and DATA: together where the server takes it (RFC 2920), else each after the other's reply.

Together they cost one round trip instead of three. Nothing of the message itself is sent before all three are answered.
"""

from __future__ import annotations

import time

from app.channels.base import OutboundMessage
from app.channels.smtp.connection import Connection
from app.channels.smtp.replies import Reply


class Envelope:
    """Hold one message's three commands and how many of them are said and answered. Raises OSError kinds."""

    def __init__(self, connection: Connection, message: OutboundMessage, seconds: float) -> None:
        """Take the connection and how long each answer may take."""
        size = f" SIZE={len(message.content)}" if connection.has_extn("size") else ""
        self.connection = connection
        self._lines = [f"MAIL FROM:<{message.sender}>{size}", f"RCPT TO:<{message.recipient}>", "DATA"]
        self._together = connection.has_extn("pipelining")
        self._seconds = seconds
        self._said = self._answered = 0
        self._until = 0.0

    def say(self) -> None:
        """Say what may be said before the next answer."""
        lines = self._lines[self._said :] if self._together else self._lines[self._said : self._said + 1]
        self._until = time.monotonic()
        self.connection.say(lines, self._seconds)
        self._said += len(lines)

    def reply(self) -> Reply:
        """Return the next command's reply. Each may take its time, counted from when it was said and not from now."""
        if self._said == self._answered:
            self.say()
        self._until += self._seconds
        self.connection.until = self._until
        found = self.connection.read()
        self._answered += 1
        return found

    def is_over(self) -> bool:
        """Read what is still to be answered after a refusal; return whether the server waits for no message.

        A server that said no to the only recipient and yet asks for the message would take our next command for it.
        """
        return all(self.reply().code // 100 != 3 for _ in range(self._answered, self._said))
