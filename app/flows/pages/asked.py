"""Read what an address asks for: a question, a page, an instant. Raises Invalid naming the field, never a fault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from app.kit.errors import Invalid

LONGEST: Final = 100  # characters of a question
LAST_PAGE: Final = 400  # further down nobody looks: another word finds sooner
DIGITS: Final = 6


def question(args: Mapping[str, str]) -> str:
    """Return what was typed into the search field, without what cannot be part of a name."""
    typed = args.get("q", "")
    if len(typed) > LONGEST:
        raise Invalid(f"A search may have {LONGEST} characters. This one has {len(typed)}.", field="q")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in typed).split())


def page_number(args: Mapping[str, str]) -> int:
    """Return which page of a list is wanted, from 1."""
    typed = args.get("page", "1")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= DIGITS else 0
    if not 1 <= number <= LAST_PAGE:
        raise Invalid(f"Page must be 1 to {LAST_PAGE}. You asked for {typed[:DIGITS]}.", field="page")
    return number


def before(args: Mapping[str, str]) -> datetime | None:
    """Return where a page of a timeline begins, as aware UTC; None for the newest."""
    typed = args.get("before")
    if typed is None:
        return None
    try:
        at = datetime.fromisoformat(typed)
        return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as wrong:
        raise Invalid("“before” must be a date and time, as 2026-11-27T10:00:00Z.", field="before") from wrong
