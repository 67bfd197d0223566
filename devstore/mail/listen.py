"""Speak SMTP as a receiving server does, over plain asyncio streams.

A mail counts as accepted from the moment `keep` has returned, which is before the 250 is written: whoever is
told yes can rely on it, and a crash in between leaves the truth in the log.
"""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from devstore.mail.script import DROP, DROP_BEFORE, Script
from devstore.mail.wire import LineTooLong, Wire

LARGEST = 30 * 1024 * 1024


@dataclass
class Envelope:
    """One mail as it came: sender, recipients, bytes with dots unstuffed, and the connection's number."""

    connection: int
    mail_from: str = ""
    recipients: list[str] = field(default_factory=list)
    body: bytes = b""


Keep = Callable[[Envelope], Awaitable[None]]


class HangUp(Exception):
    """The script says: end the connection without an answer."""


class Listener:
    """The SMTP listener; `keep` is awaited for each mail between its final dot and the 250."""

    def __init__(self, keep: Keep, script: Script) -> None:
        self._keep = keep
        self._script = script
        self._connections = itertools.count(1)
        self._server: asyncio.Server | None = None

    async def open(self, port: int) -> int:
        """Listen on 127.0.0.1 and return the port (0 picks a free one)."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        number: int = self._server.sockets[0].getsockname()[1]
        return number

    def close(self) -> None:
        """Take no more connections."""
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        talk = Talk(Wire(reader), writer, self._script, self._keep, next(self._connections))
        try:
            with contextlib.suppress(HangUp, ConnectionError, TimeoutError, asyncio.IncompleteReadError):
                await talk.hold()
        finally:
            # Also when the listener ends in the middle of a talk.
            writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


class Talk:
    """One connection."""

    def __init__(self, wire: Wire, writer: asyncio.StreamWriter, script: Script, keep: Keep, number: int) -> None:
        self._wire, self._writer, self._script, self._keep, self._number = wire, writer, script, keep, number
        self._envelope = Envelope(number)

    async def hold(self) -> None:
        """Answer commands until QUIT, the end of the line, or five idle minutes."""
        if not await self._answer("connect", "", "220 inbox.example.com ESMTP"):
            return
        while True:
            try:
                line = await self._wire.line()
            except LineTooLong:
                await self._say("500 5.5.2 Line too long")
                return
            if not line:
                return
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if not await self._command(verb.upper(), rest):
                return

    async def _command(self, verb: str, rest: str) -> bool:
        match verb:
            case "EHLO":
                await self._say("250-inbox.example.com", f"250-SIZE {LARGEST}", "250-8BITMIME", "250 SMTPUTF8")
            case "HELO" | "NOOP":
                await self._say("250 2.0.0 Ok")
            case "MAIL":
                self._envelope = Envelope(self._number, mail_from=_path(rest))
                await self._answer("mail", rest, "250 2.1.0 Ok")
            case "RCPT":
                if await self._answer("rcpt", rest, "250 2.1.5 Ok"):
                    self._envelope.recipients.append(_path(rest))
            case "DATA":
                await self._data()
            case "RSET":
                self._envelope = Envelope(self._number)
                await self._say("250 2.0.0 Ok")
            case "QUIT":
                await self._say("221 2.0.0 Bye")
                return False
            case _:
                await self._say("502 5.5.1 Not here")
        return True

    async def _data(self) -> None:
        if not self._envelope.recipients:
            await self._say("503 5.5.1 Need RCPT first")
            return
        about = " ".join(self._envelope.recipients)
        if not await self._answer("data", about, "354 End with a dot on its own line"):
            return
        body = await self._wire.body(LARGEST)
        if body is None:
            await self._say("552 5.3.4 Too large")
            return
        self._envelope.body = body
        scripted = self._script.take("dot", about)
        if scripted is None:
            await self._keep(self._envelope)
            await self._say("250 2.0.0 Kept")
        else:
            await asyncio.sleep(scripted.wait_seconds)
            if scripted.reply in {"", DROP}:
                await self._keep(self._envelope)
            if scripted.reply in {DROP, DROP_BEFORE}:
                raise HangUp
            await self._say(scripted.reply or "250 2.0.0 Kept")
        self._envelope = Envelope(self._number)

    async def _answer(self, phase: str, about: str, usual: str) -> bool:
        """Give the scripted or the usual answer; True when it was the usual one."""
        scripted = self._script.take(phase, about)
        if scripted is None:
            await self._say(usual)
            return True
        await asyncio.sleep(scripted.wait_seconds)
        if scripted.reply in {DROP, DROP_BEFORE}:
            raise HangUp
        await self._say(scripted.reply or usual)
        if scripted.reply.startswith("421"):
            raise HangUp
        return not scripted.reply

    async def _say(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()


def _path(argument: str) -> str:
    """Return the address of `FROM:<a@b> SIZE=1` or `TO:<a@b>`."""
    return argument.partition(":")[2].strip().partition(">")[0].lstrip("<").strip()
