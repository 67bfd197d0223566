"""Roll the dice once per person: the same customer sees the same arm for as long as the experiment lives. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """Name one arm and its share of the dice."""

    arm: str
    weight: int = 1


def assign(experiment: str, shop_id: int, customer_id: int, choices: Sequence[Choice]) -> str:
    """Return the customer's arm. Raise ValueError when no arm has a share.

    The experiment is part of the hash, or the same people would land in the first arm of every experiment.
    """
    total = sum(choice.weight for choice in choices)
    if total <= 0:
        raise ValueError(f"experiment {experiment} has no arm with a share")
    digest = hashlib.sha256(f"{experiment}:{shop_id}:{customer_id}".encode()).digest()
    rest = int.from_bytes(digest[:8]) % total
    for choice in choices:
        rest -= choice.weight
        if rest < 0:
            return choice.arm
    raise AssertionError("unreachable: the remainder is below the total")
