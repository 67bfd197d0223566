"""The variables the app runs by, read once and checked at start."""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

ROOT = Path(__file__).parent.parent  # templates, static files and migrations lie beside app/

LINK_KEY_MIN_CHARS = 32  # shorter keys could be searched for offline by anyone who holds one mailed link

RSA_MIN_BITS = 2048  # Google and Microsoft take 1024 for weak and have begun to refuse it
DKIM_NAMES = ("DKIM_DOMAIN", "DKIM_SELECTOR", "DKIM_KEY")
DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
SELECTOR = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")
ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+|[^@\s<>]+@localhost")


class ConfigError(Exception):
    """Say every fault of the environment, one line each; the process does not start."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Hold whose DKIM signature mails carry. Its public half stands in DNS at `<selector>._domainkey.<domain>`."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)


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
    dkim: SigningKey | None = None  # mails leave unsigned without it

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
        dkim=_signing_key(env, sender, faults),
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


def _signing_key(env: Mapping[str, str], sender: str, faults: list[str]) -> SigningKey | None:
    """Return the key of the three DKIM variables, None where none is set; add what is wrong with them to `faults`."""
    given = {name: env.get(name, "").strip() for name in DKIM_NAMES}
    if not any(given.values()):
        return None
    faults += [f"{name} is not set. Set all three DKIM variables, or none." for name in DKIM_NAMES if not given[name]]
    if not all(given.values()):
        return None
    domain, selector = given["DKIM_DOMAIN"].lower(), given["DKIM_SELECTOR"].lower()
    sends_as = sender.rpartition("@")[2].lower()
    if not DOMAIN.fullmatch(domain):
        faults.append(f"DKIM_DOMAIN must be a domain. It is {domain!r}.")
    elif not (f".{sends_as}".endswith(f".{domain}") or domain.endswith(f".{sends_as}")):
        faults.append(f"DKIM_DOMAIN must be the domain of MAIL_FROM or stand above or below it: {domain!r} would sign")
        faults[-1] += " for somebody else, and receivers count such a signature for nothing."
    if not SELECTOR.fullmatch(selector):
        faults.append(f"DKIM_SELECTOR must be letters, digits and hyphens. It is {selector!r}.")
    private = _private_key(given["DKIM_KEY"], faults)
    return None if private is None else SigningKey(domain, selector, private)


def _private_key(text: str, faults: list[str]) -> RSAPrivateKey | Ed25519PrivateKey | None:
    try:
        if "-----BEGIN" in text:
            key = load_pem_private_key(text.replace("\\n", "\n").encode(), password=None)
        else:
            key = load_der_private_key(binascii.a2b_base64("".join(text.split())), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError for a key with a password
        faults.append("DKIM_KEY is no private key. It takes PEM, or its base64 on one line, without a password.")
        return None
    if isinstance(key, RSAPrivateKey):
        if key.key_size >= RSA_MIN_BITS:
            return key
        faults.append(f"DKIM_KEY: the RSA key has {key.key_size} bits; receivers ask for {RSA_MIN_BITS} or more.")
    elif isinstance(key, Ed25519PrivateKey):
        return key
    else:
        faults.append("DKIM_KEY must be an RSA or ed25519 key.")
    return None
