"""The variables the app runs by, read once and checked at start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet

ROOT = Path(__file__).parent.parent  # templates, static files and migrations lie beside app/

LINK_KEY_MIN_CHARS = 32  # shorter keys could be searched for offline by anyone who holds one mailed link

ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+|[^@\s<>]+@localhost")


class ConfigError(Exception):
    """Say every fault of the environment, one line each; the process does not start."""


@dataclass(frozen=True, slots=True)
class Config:
    """Hold the checked variables. Lists are newest first; URLs have no trailing slash."""

    api_key: str
    api_secret: str
    api_secret_old: str | None
    app_url: str
    database_url: str
    system_database_url: str
    redis_url: str
    smtp_url: str
    mail_from: str
    encryption_keys: tuple[str, ...]
    link_keys: tuple[str, ...]
    env: str
    gateway_url: str | None

    @property
    def development(self) -> bool:
        """Tell whether this is a developer's machine rather than a merchant-facing installation."""
        return self.env == "development"

    @property
    def api_secrets(self) -> tuple[str, ...]:
        """Return the client secrets a request may be signed with, the current one first."""
        return (self.api_secret,) if self.api_secret_old is None else (self.api_secret, self.api_secret_old)


def from_env(env: Mapping[str, str]) -> Config:
    """Return the configuration in `env`; raise ConfigError naming every missing or malformed variable."""
    faults: list[str] = []

    def required(name: str) -> str:
        value = env.get(name, "").strip()
        if not value:
            faults.append(f"{name} is not set. README, section Variables, says what it holds.")
        return value

    def url(name: str, *schemes: str) -> str:
        value = required(name).rstrip("/") if name == "APP_URL" else required(name)
        if value and urlsplit(value).scheme not in schemes:
            known = " or ".join(f"{scheme}:" for scheme in schemes)
            faults.append(f"{name} must start with {known}. It starts with {value.split(':')[0]!r}.")
        return value

    mode = env.get("ENV", "production").strip() or "production"
    if mode not in {"production", "development"}:
        faults.append(f"ENV must be production or development. It is {mode!r}.")
    database = with_driver(url("DATABASE_URL", "postgresql", "postgres", "postgresql+psycopg"))
    gateway = _gateway(env, mode, faults)
    app_url = url("APP_URL", "https", "http")
    if mode == "production" and app_url.startswith("http:"):
        faults.append("APP_URL must be https when ENV is production.")
    sender = required("MAIL_FROM")
    if sender and not ADDRESS.fullmatch(sender):
        faults.append(f"MAIL_FROM must be one bare e-mail address. It is {sender!r}.")
    config = Config(
        api_key=required("SHOPIFY_API_KEY"),
        api_secret=required("SHOPIFY_API_SECRET"),
        api_secret_old=env.get("SHOPIFY_API_SECRET_OLD", "").strip() or None,
        app_url=app_url,
        database_url=database,
        system_database_url=with_driver(env.get("SYSTEM_DATABASE_URL", "").strip()) or database,
        redis_url=url("REDIS_URL", "redis", "rediss", "unix"),
        smtp_url=url("SMTP_URL", "smtp", "smtps", "smtp+starttls"),
        mail_from=sender,
        encryption_keys=_fernet_keys(required("ENCRYPTION_KEYS"), faults),
        link_keys=_link_keys(required("LINK_KEYS"), faults),
        env=mode,
        gateway_url=gateway,
    )
    if faults:
        raise ConfigError("\n".join(faults))
    return config


def _gateway(env: Mapping[str, str], mode: str, faults: list[str]) -> str | None:
    gateway = env.get("SHOPIFY_GATEWAY_URL", "").strip().rstrip("/") or None
    if gateway and mode == "production":
        faults.append("SHOPIFY_GATEWAY_URL is for development and tests. Remove it, or set ENV=development.")
    if gateway and urlsplit(gateway).hostname not in {"127.0.0.1", "localhost", "::1"}:
        faults.append("SHOPIFY_GATEWAY_URL must point to this machine (127.0.0.1).")
    return gateway


def with_driver(url: str) -> str:
    """Name psycopg in a PostgreSQL URL, so that every spelling hosts hand out works."""
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)


def _fernet_keys(text: str, faults: list[str]) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    for number, key in enumerate(keys, 1):
        try:
            Fernet(key)
        except ValueError:
            faults.append(f"ENCRYPTION_KEYS: key {number} is not a Fernet key (32 bytes, base64url).")
    return keys


def _link_keys(text: str, faults: list[str]) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    for number, key in enumerate(keys, 1):
        if len(key) < LINK_KEY_MIN_CHARS:
            faults.append(f"LINK_KEYS: key {number} has {len(key)} characters; it needs {LINK_KEY_MIN_CHARS} or more.")
    return keys
