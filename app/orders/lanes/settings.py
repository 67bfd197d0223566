"""What a merchant says about parcels: the risk of asking too early, their own promise, and when late is late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from app.orders.lanes.outlook import Terms
from app.shops.settings import Section

RISKS: Final = (5, 10, 20)  # per cent; 0 means never guess


@dataclass(frozen=True, slots=True)
class Deliveries(Section):
    """Hold the choices. Days are working days where the parcel goes; 0 means that nothing is stated."""

    SECTION: ClassVar[str] = "deliveries"

    risk_percent: int = 10
    home_from: int = 0
    home_to: int = 0
    abroad_from: int = 0
    abroad_to: int = 0
    quiet_home: int = 3  # days without a scan after which a parcel counts as late
    quiet_abroad: int = 5
    unsent_days: int = 4  # days after payment at which an order not sent counts as stalled

    @property
    def risk(self) -> float | None:
        """Return the share that may be asked too early; None where nothing is to be guessed."""
        return self.risk_percent / 100 if self.risk_percent in RISKS else None

    def terms(self, *, abroad: bool) -> Terms:
        """Return what holds for parcels that stay in the country, or leave it."""
        first, last = (self.abroad_from, self.abroad_to) if abroad else (self.home_from, self.home_to)
        return Terms(
            risk=self.risk,
            stated=(first, last) if 0 < first <= last else None,
            quiet_days=self.quiet_abroad if abroad else self.quiet_home,
        )
