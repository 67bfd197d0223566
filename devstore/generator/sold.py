"""Hold one order of a generated history while its events are folded into rows."""

from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


@dataclass
class Sold:
    """One order under way: its row, its lines by place, its parcels and returns by number."""

    row: Row
    lines: list[Row] = field(default_factory=list)
    parcels: dict[int, Row] = field(default_factory=dict)
    packed: dict[tuple[int, int], int] = field(default_factory=dict)
    case: Row | None = None

    def conclude(self) -> None:
        """Set what follows from the lines: shipped whole, in part or not."""
        for parcel in self.parcels.values():
            parcel.pop("_told", None)
        left = any(line["current_quantity"] > line["fulfilled_quantity"] for line in self.lines)
        self.row["fulfillment_status"] = None if not self.parcels else "partial" if left else "fulfilled"
        if self.parcels and not left and self.row["closed_at"] is None:
            self.row["closed_at"] = max(parcel["created_at"] for parcel in self.parcels.values())
