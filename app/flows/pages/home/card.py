"""What a card under "Needs you" holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to look at: what it is, what it means, and where it is put right ("" where opening the app does).

    `resumes` says that it is put right here, by resuming.
    """

    tone: str
    heading: str
    words: str
    action: str = ""
    href: str = ""
    resumes: bool = False
