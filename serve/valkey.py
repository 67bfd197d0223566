"""Describe one embedded Valkey on a unix socket; starting and stopping it is the caller's."""

import socket
from dataclasses import dataclass
from pathlib import Path

from serve.binaries import find_valkey


@dataclass(frozen=True)
class Valkey:
    """One data folder with the folder its socket lives in."""

    data: Path
    sockets: Path
    durable: bool = True

    @property
    def socket(self) -> Path:
        """Return the socket's path."""
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """Return the URL under which redis clients reach this server."""
        return f"unix://{self.socket}"


def command(server: Valkey) -> list[str]:
    """Return the command line of the server process; it stays in the foreground."""
    settings = {
        "port": "0",
        "unixsocket": str(server.socket),
        "unixsocketperm": "700",
        "dir": str(server.data),
        "save": "",
        "appendonly": "yes" if server.durable else "no",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "daemonize": "no",
    }
    flags = [word for name, value in settings.items() for word in (f"--{name}", value)]
    return [str(find_valkey()), *flags]


def answers(server: Valkey) -> bool:
    """Tell whether the server is up and has read its data (one attempt, at most two seconds)."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2)
            line.connect(str(server.socket))
            line.sendall(b"PING\r\n")
            return line.recv(5) == b"+PONG"
    except OSError:
        return False
