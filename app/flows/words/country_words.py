"""Name a country inside a sentence. Pure, English."""

from __future__ import annotations

from functools import cache
from typing import Final

from babel import Locale

WITH_THE: Final = frozenset({"AE", "BS", "CD", "CF", "CG", "DO", "GB", "GM", "KM", "MH", "MV", "NL", "PH", "SB", "US"})


@cache
def country_words(code: str | None) -> str:
    """Return "Japan", "the United States"; "this country" for a code nobody knows."""
    known = (code or "").strip().upper()
    name = Locale("en").territories.get(known)
    if not name or len(known) != 2:
        return "this country"
    return f"the {name}" if known in WITH_THE else name
