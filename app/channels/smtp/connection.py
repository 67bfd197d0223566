"""One connection to a mail server: connect, EHLO, TLS, AUTH, and commands with a deadline each.

The standard library knows EHLO, STARTTLS and the AUTH mechanisms; what it lacks is a deadline for a whole reply (its
timeout starts anew with every byte) and a refusal of plain text left over from before TLS.
"""

from __future__ import annotations

import contextlib
import select
import smtplib
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass

from app.channels.base import Scope, TransportError
from app.channels.smtp.address import Security, ServerAddress
from app.channels.smtp.replies import Phase, Reply, plain_words, refusal

REPLY_MAX_BYTES = 32_768  # a reply is a few lines; a server that talks on is not a mail server
SEND_BUFFER = 200_000  # bytes; the kernel takes twice that for what it keeps beside them
# A socket that waits by itself is asked first whether it has to, and each asking is a call of the system, in which
# whoever else wants the interpreter takes it.
TLS_WAITS: dict[type[OSError], int] = {ssl.SSLWantReadError: select.POLLIN, ssl.SSLWantWriteError: select.POLLOUT}
WAITS: tuple[type[OSError], ...] = (BlockingIOError, *TLS_WAITS)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Bound every wait, in seconds. The final reply gets longest: giving up on it leaves an unknown outcome."""

    connect_s: float = 10.0
    command_s: float = 30.0
    body_s: float = 60.0
    final_s: float = 60.0
    quit_s: float = 1.0


class GarbageReply(OSError):
    """Say that what came back is no SMTP reply. The dialogue cannot be trusted any further."""


class Connection(smtplib.SMTP):
    """Speak SMTP with a deadline on each exchange. Raises OSError kinds only; meaning is given by the caller."""

    def __init__(self, server: ServerAddress, local_hostname: str, deadlines: Deadlines) -> None:
        """Prepare without connecting; `local_hostname` is what EHLO says."""
        super().__init__(local_hostname=local_hostname, timeout=deadlines.connect_s)
        self._host = (
            server.host
        )  # smtplib checks the certificate against this name and sets it only when it connects itself
        self.server = server
        self.deadlines = deadlines
        self.until = 0.0
        self.unread = b""

    def allow(self, seconds: float) -> None:
        """Set the deadline of what is sent and read next, counted from now."""
        self.until = time.monotonic() + seconds

    def getreply(self) -> tuple[int, bytes]:
        """Return the next whole reply; raise OSError on a drop, TimeoutError at the deadline, GarbageReply on noise."""
        lines: list[bytes] = []
        code = b""
        while True:
            line = self._line()
            digits, mark = line[:3], line[3:4]
            if not digits.isdigit() or mark not in {b"", b" ", b"-"} or (code and digits != code):
                raise GarbageReply("the server's reply is not SMTP")
            code = digits
            lines.append(line[4:].strip())
            if mark != b"-":
                return int(code), b"\n".join(lines)
            if sum(map(len, lines)) > REPLY_MAX_BYTES:
                raise GarbageReply("the server's reply does not end")

    def _line(self) -> bytes:
        while b"\n" not in self.unread:
            if len(self.unread) > REPLY_MAX_BYTES:
                raise GarbageReply("the server's reply has no line end")
            more = self._read_some()
            if not more:
                raise ConnectionResetError("the server closed the connection")
            self.unread += more
        line, _, self.unread = self.unread.partition(b"\n")
        return line.rstrip(b"\r")

    def _read_some(self) -> bytes:
        """Return what has come, past the deadline too: whoever reads may have had others to wait for."""
        while True:
            try:
                return self._open_socket().recv(4096)
            except WAITS as wait:
                self._wait(wait, select.POLLIN)

    def _open_socket(self) -> socket.socket:
        if self.sock is None:
            raise ConnectionResetError("the connection is closed")
        return self.sock

    def _wait(self, wait: OSError, usual: int) -> None:
        """Wait until the socket can go on, up to the deadline; raise TimeoutError there."""
        left_s = self.until - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the server took too long") from None
        poll = select.poll()
        poll.register(self._open_socket(), TLS_WAITS.get(type(wait), usual))
        poll.poll(left_s * 1000)

    def write(self, data: bytes) -> None:
        """Send all of `data` within the deadline; the time left also bounds the reply read next."""
        rest = memoryview(data)
        while rest:
            if self.until <= time.monotonic():
                raise TimeoutError("the server took too long")
            try:
                rest = rest[self._open_socket().send(rest) :]
            except WAITS as wait:
                self._wait(wait, select.POLLOUT)

    def encrypt(self) -> tuple[int, bytes]:
        """Ask for TLS and begin it; the handshake is waited for as a whole, up to the deadline."""
        self._open_socket().settimeout(max(self.until - time.monotonic(), 0.001))
        answer = self.starttls(context=ssl.create_default_context())
        self._open_socket().setblocking(False)
        return answer

    def ask(self, line: str, seconds: float) -> Reply:
        """Send one command line and return its reply."""
        self.say([line], seconds)
        return self.read()

    def say(self, lines: Sequence[str], seconds: float) -> None:
        """Send command lines in one write; a line break in one would be a further command and is refused."""
        if not all(line.isascii() and line.isprintable() for line in lines):
            raise ValueError("an SMTP command is one line of printable ASCII")
        self.allow(seconds)
        self.write(b"".join(line.encode("ascii") + b"\r\n" for line in lines))

    def read(self) -> Reply:
        """Return the next reply as words."""
        code, text = self.getreply()
        return Reply(code, text.decode("utf-8", "replace").replace("\n", " "))

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # smtplib's seam for the socket
        sock = socket.create_connection((host, port), timeout)
        sock.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )  # body and dot are two writes: Nagle would hold the dot
        # A whole mail fits in, so that a receiver who stops reading holds up no other receiver's.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        try:
            if self.server.security is Security.IMPLICIT:
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
            sock.setblocking(False)
        except OSError:
            sock.close()
            raise
        return sock

    def hang_up(self) -> None:
        """Close without a word: before the final dot this makes the receiver drop the message."""
        with contextlib.suppress(OSError):
            self.close()


def connect(server: ServerAddress, local_hostname: str, deadlines: Deadlines) -> Connection:
    """Return a connection ready for MAIL; raise TransportError with scope channel when there is none to be had."""
    connection = Connection(server, local_hostname, deadlines)
    try:
        connection.allow(deadlines.connect_s + deadlines.command_s)
        code, text = connection.connect(server.host, server.port)
        if code != 220:
            raise refusal(Reply(code, text.decode("utf-8", "replace")), Phase.GREETING)
        connection.ehlo_or_helo_if_needed()
        _encrypt(connection)
        _log_in(connection)
    except TransportError:
        connection.hang_up()
        raise
    except (OSError, ValueError) as error:  # smtplib's exceptions and ssl's are OSErrors
        connection.hang_up()
        raise TransportError(
            f"no connection to the mail server: {plain_words(str(error)) or type(error).__name__}",
            permanent=False,
            scope=Scope.CHANNEL,
        ) from error
    return connection


def _encrypt(connection: Connection) -> None:
    server = connection.server
    if server.security is Security.IMPLICIT or (server.security is Security.OFFERED and server.on_this_machine):
        return
    if not connection.has_extn("starttls"):
        if server.security is Security.STARTTLS:
            raise TransportError("the mail server offers no encryption", permanent=False, scope=Scope.CHANNEL)
        return
    if connection.unread:
        raise GarbageReply("the server spoke before TLS began")  # words slipped in by someone on the wire
    code, text = connection.encrypt()
    if code != 220 or connection.unread:
        raise refusal(Reply(code, text.decode("utf-8", "replace")), Phase.TLS)
    connection.ehlo()


def _log_in(connection: Connection) -> None:
    server = connection.server
    if server.username is None:
        return
    if not (isinstance(connection.sock, ssl.SSLSocket) or server.on_this_machine):
        raise TransportError("the password is not sent without encryption", permanent=False, scope=Scope.CHANNEL)
    try:
        connection.login(server.username, server.password or "")
    except smtplib.SMTPAuthenticationError as error:
        words = error.smtp_error if isinstance(error.smtp_error, str) else error.smtp_error.decode("utf-8", "replace")
        raise refusal(Reply(error.smtp_code, words), Phase.AUTH) from None
