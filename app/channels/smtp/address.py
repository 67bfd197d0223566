"""Where and how to reach the mail server: SMTP_URL, parsed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Security(StrEnum):
    """Say when the connection is encrypted."""

    OFFERED = "smtp"  # STARTTLS where a server beyond this machine offers it, else plain and never with a password
    STARTTLS = "smtp+starttls"  # plain greeting, then encrypted or not at all
    IMPLICIT = "smtps"  # encrypted from the first byte


DEFAULT_PORTS = {Security.OFFERED: 25, Security.STARTTLS: 587, Security.IMPLICIT: 465}


@dataclass(frozen=True, slots=True, repr=False)
class ServerAddress:
    """Hold a parsed SMTP_URL. It has no repr: a password would end up in logs."""

    security: Security
    host: str
    port: int
    username: str | None = None
    password: str | None = None

    @property
    def on_this_machine(self) -> bool:
        """Tell whether the words never cross a wire."""
        return self.host in LOOPBACK


def parse(url: str) -> ServerAddress:
    """Return the server in `url` (`smtp:`, `smtp+starttls:` or `smtps:`); raise ValueError without repeating it."""
    parts = urlsplit(url)
    try:
        security = Security(parts.scheme)
    except ValueError:
        raise ValueError("SMTP_URL must start with smtp:, smtp+starttls: or smtps:.") from None
    if not parts.hostname:
        raise ValueError("SMTP_URL names no host.")
    return ServerAddress(
        security=security,
        host=parts.hostname,
        port=parts.port or DEFAULT_PORTS[security],
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )
