"""A proxy between two programs that does to their line what networks do: TCP or unix sockets on either side.

with Proxy(("127.0.0.1", 25)) as line:           # line.port; or Proxy("/run/pg/.s.PGSQL.5432", listen="/tmp/x/…")
    line.effect = Nth(b"COMMIT", 3, "swallow")    # the third COMMIT arrives, and its answer never comes back
    line.latency_s = 0.2; line.slice = 7          # later, and in pieces of seven bytes
    line.mute = True                              # taken and never answered, as if the other side were gone
"""

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field

CHUNK = 65_536


@dataclass
class Nth:
    """Act the n-th time the client says `what`: `reset` before it arrives, or `swallow` all answers to it."""

    what: bytes
    n: int
    how: str
    seen: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def meets(self, data):
        """Count what is said; return whether this is the time."""
        with self.lock:
            before, self.seen = self.seen, self.seen + data.count(self.what)
            return before < self.n <= self.seen


class Proxy:
    """Listen, and pass on to `target` (host and port, or the path of a unix socket)."""

    def __init__(self, target, listen=None):
        self.target, self.effect = target, None
        self.latency_s, self.slice, self.mute = 0.0, None, False
        self.listener = socket.socket(socket.AF_UNIX if listen else socket.AF_INET)
        self.listener.bind(str(listen) if listen else ("127.0.0.1", 0))
        self.listener.listen(128)
        self.port = None if listen else self.listener.getsockname()[1]
        self.sockets, self.threads = [], [threading.Thread(target=self._accept, daemon=True)]
        self.threads[0].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End every line and stop listening."""
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.cut()
        for thread in self.threads:
            thread.join(5)

    def cut(self):
        """End every line there is; new ones may come."""
        for one in self.sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.sockets.clear()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX if isinstance(self.target, str) else socket.AF_INET)
            try:
                server.connect(self.target)
            except OSError:
                client.close()
                continue
            self.sockets += [client, server]
            line = Line(self, client, server)
            for work in (line.upwards, line.downwards):
                self.threads.append(threading.Thread(target=work, daemon=True))
                self.threads[-1].start()


class Line:
    """One connection through the proxy."""

    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server, self.deaf = proxy, client, server, False

    def upwards(self):
        """Pass on what the client says."""
        with contextlib.suppress(OSError):
            while data := self.client.recv(CHUNK):
                effect = self.proxy.effect
                if effect is not None and effect.meets(data):
                    if effect.how == "reset":
                        break
                    self.deaf = True
                self._send(self.server, data)
        self._end()

    def downwards(self):
        """Pass on what the server answers; once answers are swallowed, the line ends with the first of them."""
        with contextlib.suppress(OSError):
            while data := self.server.recv(CHUNK):
                if self.deaf:
                    break
                if not self.proxy.mute:
                    self._send(self.client, data)
        self._end()

    def _send(self, to, data):
        if self.proxy.latency_s:
            time.sleep(self.proxy.latency_s)
        step = self.proxy.slice or len(data)
        for start in range(0, len(data), step):
            to.sendall(data[start : start + step])

    def _end(self):
        for one in (self.client, self.server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
