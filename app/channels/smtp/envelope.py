"""Say MAIL, RCPT and DATA: together where the server takes it (RFC 2920), else each after the other's reply.

Together they cost one round trip instead of three. Nothing of the message itself is sent before all three are answered.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.channels.base import OutboundMessage
from app.channels.smtp.connection import Connection
from app.channels.smtp.replies import Reply


class Envelope:
    """Hold the replies to one message's three commands, read one at a time. Raises OSError kinds."""

    def __init__(self, connection: Connection, message: OutboundMessage, seconds: float) -> None:
        """Take the connection and how long a reply may take; something is said at the first `reply`."""
        size = f" SIZE={len(message.content)}" if connection.has_extn("size") else ""
        lines = [f"MAIL FROM:<{message.sender}>{size}", f"RCPT TO:<{message.recipient}>", "DATA"]
        self._together = connection.has_extn("pipelining")
        self._replies = (
            _together(connection, lines, seconds) if self._together else _in_turn(connection, lines, seconds)
        )

    def reply(self) -> Reply:
        """Return the next command's reply."""
        return next(self._replies)

    def is_over(self) -> bool:
        """Read what is still to be answered after a refusal; return whether the server waits for no message.

        A server that said no to the only recipient and yet asks for the message would take our next command for it.
        """
        return not self._together or all(reply.code // 100 != 3 for reply in self._replies)


def _together(connection: Connection, lines: list[str], seconds: float) -> Iterator[Reply]:
    connection.say(lines, seconds)
    for _ in lines:
        connection.allow(seconds)
        yield connection.read()


def _in_turn(connection: Connection, lines: list[str], seconds: float) -> Iterator[Reply]:
    for line in lines:
        yield connection.ask(line, seconds)
