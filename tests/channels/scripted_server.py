"""A small mail server that does what a script says, phase by phase, and remembers what reached it."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading

DROP = object()  # close the connection instead of answering
SILENCE = object()  # say nothing until the client gives up
DRIP = object()  # answer one byte at a time, for ever

HEALTHY = {
    "greeting": "220 test ready",
    "EHLO": "250-test\r\n250 SIZE 1000000",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    "dot": "250 2.0.0 queued as 77",
    "RSET": "250 ok",
    "QUIT": "221 bye",
    "AUTH": "235 2.7.0 in",
    "STARTTLS": "220 go",
}
NEEDS = {"RCPT": {"MAIL"}, "DATA": {"MAIL", "RCPT"}}


class ScriptedServer:
    """Answer by script: a list is used up one answer per time, anything else holds always."""

    def __init__(self, tls: ssl.SSLContext | None = None, **script):
        self.script = {phase: list(answer) if isinstance(answer, list) else answer for phase, answer in script.items()}
        self.tls = tls
        self.commands: list[str] = []
        self.delivered: list[bytes] = []  # messages whose dot was seen, whatever was answered
        self.connections = self.talking = 0
        self.drop_body_after: int | None = None
        self.most: int | None = None  # connections at a time
        self.asks_anyway = False  # for the message, though it refused the recipient
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.stopping = threading.Event()
        self.sockets: list[socket.socket] = []
        self.threads = [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.sockets.append(sock)
            thread = threading.Thread(target=self._session, args=(sock,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _session(self, sock):
        crowded = self.most is not None and self.talking >= self.most
        self.talking += 1
        with contextlib.suppress(OSError, EOFError):
            if crowded:
                sock.sendall(b"421 4.7.0 too many connections\r\n")
            else:
                self._talk(sock)
        self.talking -= 1
        sock.close()

    def _talk(self, sock):
        self._answer(sock, "greeting")
        unread, standing = b"", set()
        while True:
            line, unread = self._until(sock, unread, b"\r\n")
            verb = line.decode().split()[0].upper()
            self.commands.append(" ".join([verb, *line.decode().split()[1:]]))
            if not self.asks_anyway and NEEDS.get(verb, set()) - standing:
                sock.sendall(b"503 5.5.1 not now\r\n")
                continue
            answered = self._answer(sock, verb)
            standing |= {verb} if answered.startswith("250") else set()
            standing -= {"MAIL", "RCPT"} if verb in {"RSET", "DATA"} else set()
            if verb == "QUIT":
                return
            if verb == "STARTTLS" and self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
                self.sockets.append(sock)
            if verb == "DATA" and answered.startswith("354"):
                if self.drop_body_after is not None:
                    while len(unread) < self.drop_body_after:
                        unread += self._receive(sock)
                    raise EOFError
                message, unread = self._until(sock, unread, b"\r\n.\r\n")
                self.delivered.append(message)
                self._answer(sock, "dot")

    def _answer(self, sock, phase):
        answer = self.script.get(phase, HEALTHY.get(phase, "500 what"))
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else HEALTHY[phase]
        if answer is DROP:
            raise EOFError
        if answer is SILENCE:
            self.stopping.wait(10)
        elif answer is DRIP:
            while not self.stopping.wait(0.02):
                sock.sendall(b"2")
        else:
            sock.sendall(answer.encode() + b"\r\n")
            return answer
        return ""

    def _until(self, sock, unread, mark):
        while mark not in unread:
            unread += self._receive(sock)
        head, _, tail = unread.partition(mark)
        return head + mark, tail

    def _receive(self, sock):
        data = sock.recv(65536)
        if not data:
            raise EOFError
        return data

    def stop(self):
        self.stopping.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for sock in self.sockets:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(5)
        for sock in self.sockets:
            sock.close()
