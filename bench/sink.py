"""A small fast mail server that keeps nothing but counts: `python -m bench.sink PORT`. Raw asyncio.

Beside SMTP it answers three words of its own: `SEEN` with how many messages it has taken, how many different
Message-IDs they had and their bytes, `LAST` with the last of them in base64, and `FORGET`, which starts the count anew.
"""

from __future__ import annotations

import asyncio
import base64
import re
import socket
import sys
from collections import Counter
from dataclasses import dataclass

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
END = b"\r\n.\r\n"
ANSWERS = {
    b"EHLO": b"250-sink\r\n250-8BITMIME\r\n250-PIPELINING\r\n250 SIZE 50000000\r\n",
    b"HELO": b"250 sink\r\n",
    b"MAIL": b"250 2.1.0 Ok\r\n",
    b"RCPT": b"250 2.1.5 Ok\r\n",
    b"RSET": b"250 2.0.0 Ok\r\n",
    b"NOOP": b"250 2.0.0 Ok\r\n",
    b"DATA": b"354 End with a dot\r\n",
    b"QUIT": b"221 2.0.0 Bye\r\n",
}


class Taken:
    """What was taken since the last FORGET."""

    def __init__(self) -> None:
        self.ids: Counter[bytes] = Counter()
        self.bytes = 0
        self.last = b""


TAKEN = Taken()


class Session(asyncio.Protocol):
    """One connection: commands a line each, then a message up to its dot."""

    def __init__(self) -> None:
        self.unread = bytearray()
        self.in_message = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        looked_at = max(0, len(self.unread) - len(END))
        self.unread += data
        while True:
            if self.in_message:
                end = self.unread.find(END, looked_at)
                if end < 0:
                    return
                self._take(bytes(self.unread[:end]))
                del self.unread[: end + len(END)]
                self.in_message, looked_at = False, 0
                self.transport.write(b"250 2.0.0 Ok: taken\r\n")
                continue
            line, found, _ = self.unread.partition(b"\r\n")
            if not found:
                return
            del self.unread[: len(line) + 2]
            looked_at = 0
            self._answer(line[:4].upper())

    def _answer(self, verb: bytes) -> None:
        if verb == b"SEEN":
            ids = TAKEN.ids
            self.transport.write(b"250 %d %d %d\r\n" % (ids.total(), len(ids), TAKEN.bytes))
            return
        if verb == b"LAST":
            self.transport.write(b"250 " + base64.b64encode(TAKEN.last) + b"\r\n")
            return
        if verb == b"FORG":
            TAKEN.__init__()  # type: ignore[misc]
            self.transport.write(b"250 forgotten\r\n")
            return
        self.transport.write(ANSWERS.get(bytes(verb), b"500 5.5.2 What?\r\n"))
        self.in_message = verb == b"DATA"
        if verb == b"QUIT":
            self.transport.close()

    def _take(self, message: bytes) -> None:
        found = MESSAGE_ID.search(message)
        TAKEN.ids[found[1] if found else b"none"] += 1
        TAKEN.bytes += len(message)
        TAKEN.last = message


@dataclass(frozen=True)
class Seen:
    """What the sink has taken: messages, different Message-IDs, bytes."""

    messages: int
    different: int
    bytes: int


def seen(port: int) -> Seen:
    """Ask a running sink what it has taken."""
    return Seen(*(int(number) for number in _ask(port, b"SEEN\r\n").split()[1:4]))


def last(port: int) -> bytes:
    """Ask a running sink for the last message it has taken, as it was before its dots were doubled."""
    message = base64.b64decode(_ask(port, b"LAST\r\n").split()[1])
    return (message + b"\r\n").replace(b"\r\n..", b"\r\n.")


def forget(port: int) -> None:
    """Let a running sink count anew."""
    _ask(port, b"FORGET\r\n")


def _ask(port: int, words: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), 5) as connection, connection.makefile("rwb") as talk:
        talk.readline()
        talk.write(words)
        talk.flush()
        return talk.readline()


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
