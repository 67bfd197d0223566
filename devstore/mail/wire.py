"""Read an SMTP client's bytes: command lines, and bodies up to the dot, from one buffer."""

import asyncio

LONGEST_LINE = 64 * 1024
IDLE_SECONDS = 300.0
CHUNK = 256 * 1024
END = b"\r\n.\r\n"


class LineTooLong(Exception):
    """A command without an end."""


class Wire:
    """The receiving side of a connection. Both methods raise TimeoutError after five idle minutes."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._held = bytearray()

    async def line(self) -> bytes:
        """Return the next line without its end; b"" when the client has gone. Raises LineTooLong."""
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > LONGEST_LINE:
                raise LineTooLong
            if not await self._more():
                return b""
        found = bytes(self._held[:end])
        del self._held[: end + 1]
        return found.rstrip(b"\r") or b" "

    async def body(self, largest: int) -> bytes | None:
        """Return a mail's bytes with its dots unstuffed; None when it was larger than `largest`.

        Only CR LF dot CR LF ends a body: whoever takes less can be made to see two mails in one. Raises
        IncompleteReadError when the client goes before the end.
        """
        # A body that is empty ends with its first line; the line end of DATA itself stands before it.
        self._held[:0] = b"\r\n"
        looked, whole = 0, True
        while (end := self._held.find(END, looked)) < 0:
            looked = max(0, len(self._held) - len(END))
            if len(self._held) > largest:
                del self._held[:looked]
                looked, whole = 0, False
            if not await self._more():
                raise asyncio.IncompleteReadError(b"", None)
        found = bytes(self._held[: end + 2])
        del self._held[: end + len(END)]
        return found.replace(b"\r\n.", b"\r\n")[2:] if whole and len(found) <= largest else None

    async def _more(self) -> bool:
        async with asyncio.timeout(IDLE_SECONDS):
            chunk = await self._reader.read(CHUNK)
        self._held += chunk
        return bool(chunk)
