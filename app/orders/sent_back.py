"""Count what the buyer still has of an order line whose units may come back. Pure.

Shopify's own count (`currentQuantity`) leaves out what was removed and refunded. Whether it leaves out what a return
took back, open or closed, it has said both ways; nothing here depends on it. A refund and a return of the same line
may speak of the same unit, so the two are never added up.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Units:
    """Count the units of one order line. `sent` are those in parcels that were not cancelled."""

    ordered: int
    current: int
    refunded: int = 0
    sent: int = 0
    back: int = 0  # in closed returns
    coming_back: int = 0  # in open returns

    @property
    def is_refunded(self) -> bool:
        """Say whether every unit was refunded."""
        return self.refunded >= self.ordered > 0

    @property
    def is_sent_back(self) -> bool:
        """Say whether closed returns are why nothing of the line is left."""
        if self.back <= 0:
            return False
        return self.back >= self.sent or (self.current <= 0 and not self.is_refunded)

    @property
    def left(self) -> int:
        """Return how many still count. What an open return may yet leave with the buyer does, unless refunded."""
        return max(self.current, min(self.current + self.coming_back, self.sent - self.refunded))
