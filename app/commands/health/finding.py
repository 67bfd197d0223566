"""What one check found. No finding holds a secret, an address or a shopper's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeAlias

from app.kit.runtime import Runtime


class Level(StrEnum):
    """Say how a thing stands: well, worth a look, or wrong."""

    WELL = "ok"
    LOOK = "look"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """Tell one thing: `fact` is what is, `remedy` what to do about it, empty where nothing is to be done."""

    level: Level
    about: str
    fact: str
    remedy: str = ""


Check: TypeAlias = Callable[[Runtime], Iterator[Finding]]


def well(about: str, fact: str) -> Finding:
    """Return that a thing is as it should be."""
    return Finding(Level.WELL, about, fact)


def look(about: str, fact: str, remedy: str) -> Finding:
    """Return that somebody should look at a thing; nothing is broken by it."""
    return Finding(Level.LOOK, about, fact, remedy)


def wrong(about: str, fact: str, remedy: str) -> Finding:
    """Return that a thing is broken."""
    return Finding(Level.WRONG, about, fact, remedy)


def ago(length: timedelta) -> str:
    """Return "40 s", "12 min", "3 h" or "5 days"."""
    seconds = max(0, int(length.total_seconds()))
    for most, unit, words in ((120, 1, "s"), (7_200, 60, "min"), (172_800, 3_600, "h")):
        if seconds < most:
            return f"{seconds // unit} {words}"
    return f"{seconds // 86_400} days"
