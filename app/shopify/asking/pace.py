"""How long work that others wait behind may take to ask a shop, and what it took. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HURRIED_S: Final = 1.0  # for one answer: Shopify's take a fifth of a second
SLOW_S: Final = 1.0  # in all, for one webhook: a shop whose answers take longer keeps the others waiting


def is_slow(seconds: float) -> bool:
    """Say whether whoever waited so long for one webhook has waited too long."""
    return seconds > SLOW_S


@dataclass(slots=True)
class Pace:
    """Bound and add up what asking takes, in seconds. Work that others wait behind puts one into its session.

    It waits for no rate limit, and for an answer `answer_s` at most.
    """

    answer_s: float = HURRIED_S
    asked_s: float = 0.0
    gave_up: bool = False  # no answer in that time, or none for now

    @property
    def is_slow(self) -> bool:
        """Say whether whoever waits behind it has waited too long."""
        return is_slow(self.asked_s)
