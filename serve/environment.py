"""Decide the variables of every part; no file, port or process is touched here."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
_HOST = "127.0.0.1"
# What would make the same start behave differently in another person's shell.
_DROPPED = ("PYTHON", "FLASK_", "GRANIAN_", "RQ_", "PG", "WELLTIMED_")
_MISLEADING = frozenset({"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "NODE_ENV", "NODE_OPTIONS"})
_DROPPED_NAMES = frozenset({"VIRTUAL_ENV", "PORT", "DEVSTORE_PORT", "DEVSTORE_SMTP_PORT"})
_GIVEN_BY_HAND = (
    "SHOPIFY_API_SECRET_OLD",
    "SYSTEM_DATABASE_URL",
    "MEDIA_URL",
    "DKIM_DOMAIN",
    "DKIM_SELECTOR",
    "DKIM_KEY",
)


@dataclass(frozen=True)
class Ports:
    """The ports of this run, all on 127.0.0.1."""

    web: int
    devstore: int
    smtp: int

    @property
    def web_url(self) -> str:
        """Return where the web process listens."""
        return f"http://{_HOST}:{self.web}"

    @property
    def devstore_url(self) -> str:
        """Return where the dev store listens."""
        return f"http://{_HOST}:{self.devstore}"


@dataclass(frozen=True)
class Urls:
    """The servers of this run, embedded or given."""

    database: str
    devstore_database: str
    redis: str


def clean(base: Mapping[str, str], venv: Path) -> dict[str, str]:
    """Return `base` for a child: the venv first on PATH, no foreign Python or server settings."""
    kept = {
        name: value
        for name, value in base.items()
        if not name.startswith(_DROPPED) and name not in _DROPPED_NAMES and not name.startswith(_GIVEN_BY_HAND)
    }
    return kept | {
        "PATH": f"{venv / 'bin'}:{base.get('PATH', '/usr/local/bin:/usr/bin:/bin')}",
        "VIRTUAL_ENV": str(venv),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        # glibc gives each thread an arena of its own; two are enough here and save 10 MB a process.
        "MALLOC_ARENA_MAX": "2",
    }


def for_installers(base: Mapping[str, str], *, has_certificates: bool) -> dict[str, str]:
    """Return `base` for pip and npm, without what would install elsewhere than asked.

    Node.js and uv ignore the machine's own certificates, and with them a company's root, unless told.
    """
    kept = {name: value for name, value in base.items() if name not in _MISLEADING}
    told = {"NODE_EXTRA_CA_CERTS": CERTIFICATES, "SSL_CERT_FILE": CERTIFICATES} if has_certificates else {}
    return told | kept


def of_app(given: Mapping[str, str], kept: Mapping[str, str], ports: Ports, urls: Urls) -> dict[str, str]:
    """Return the variables of the app's processes.

    Mail always goes to the dev store's listener and the app always talks to the dev store: what
    `bin/run` starts reaches no real shopper and no real shop, whatever the shell exports.

    Args:
        given: the environment `bin/run` was started with; its values win where they are harmless.
        kept: the clone's secrets.
        ports: the ports of this run.
        urls: the servers of this run.
    """
    by_hand = {name: given[name] for name in _GIVEN_BY_HAND if given.get(name)}
    return by_hand | {
        **{name: given.get(name) or value for name, value in kept.items()},
        "APP_URL": given.get("APP_URL") or ports.web_url,
        "DATABASE_URL": urls.database,
        "REDIS_URL": urls.redis,
        "SMTP_URL": f"smtp://{_HOST}:{ports.smtp}",
        "MAIL_FROM": given.get("MAIL_FROM") or "follow-ups@example.com",
        "ENV": "development",
        "SHOPIFY_GATEWAY_URL": ports.devstore_url,
    }


def of_devstore(app: Mapping[str, str], ports: Ports, urls: Urls, clone: Path) -> dict[str, str]:
    """Return the variables of the dev store, which knows of the app what Shopify would know."""
    return {
        "DEVSTORE_PORT": str(ports.devstore),
        "DEVSTORE_DATABASE_URL": urls.devstore_database,
        "DEVSTORE_SMTP_PORT": str(ports.smtp),
        "DEVSTORE_APP_FOLDER": str(clone),
        **{name: app[name] for name in ("APP_URL", "SHOPIFY_API_KEY", "SHOPIFY_API_SECRET")},
    }


def as_shell(variables: Mapping[str, str]) -> str:
    """Return the variables as lines a POSIX shell can read."""
    return "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(variables.items()))
