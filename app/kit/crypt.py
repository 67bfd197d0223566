"""Secrets at rest: MultiFernet, with the shop inside the plaintext so that a ciphertext cannot move between rows."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Unreadable(Exception):
    """Say that a stored secret was sealed with another key or for another shop."""


def seal(keys: Sequence[str], shop_id: int, secret: str) -> bytes:
    """Return `secret` encrypted with the newest key (`keys` are newest first)."""
    return _box(keys).encrypt(json.dumps([shop_id, secret]).encode())


def unseal(keys: Sequence[str], shop_id: int, sealed: bytes) -> str:
    """Return the secret; raise Unreadable when no key opens it or it belongs to another shop."""
    try:
        owner, secret = json.loads(_box(keys).decrypt(sealed))
    except (InvalidToken, ValueError) as fault:
        message = "a stored secret cannot be opened with ENCRYPTION_KEYS"
        raise Unreadable(message) from fault
    if owner != shop_id:
        message = "a stored secret belongs to another shop"
        raise Unreadable(message)
    return str(secret)


def _box(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
