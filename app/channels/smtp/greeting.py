"""Ask whether the mail server would take a mail: greeting, encryption and log-in, and then nothing more."""

from __future__ import annotations

from typing import Final

from app.channels.smtp.address import ServerAddress
from app.channels.smtp.connection import Deadlines, connect

PATIENCE: Final = Deadlines(connect_s=5.0, command_s=5.0)


def greet(server: ServerAddress, local_hostname: str) -> None:
    """Return once the server has let us in. Raises TransportError with what was said, or went wrong."""
    connect(server, local_hostname, PATIENCE).hang_up()
