"""Spell an e-mail address as it is stored, compared and remembered. Pure.

`flows/sending/lock_group.py` compares stored addresses in SQL, in one trip: both sides of it were spelled here.
"""

from __future__ import annotations

import hashlib


def normalise(email: str | None) -> str | None:
    """Return the address as it is compared: trimmed, lower case; None for an empty one."""
    return (email or "").strip().lower() or None


def address_hash(email: str) -> str:
    """Return the hex sha256 of the normalised address: what stays of a person who was erased."""
    return hashlib.sha256((normalise(email) or "").encode()).hexdigest()
