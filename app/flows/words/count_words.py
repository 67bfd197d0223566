"""Say how many of something there are. Pure, English."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """Return "1 message", "12 messages"; `many` is what follows other numbers than 1, where an s does not do.

    It may be more than a noun: `counted(planned, "message waits", "messages wait")`.
    """
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
