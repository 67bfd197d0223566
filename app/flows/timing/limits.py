"""Bound what any flow may do. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that hold whatever a flow says."""

    recheck: timedelta = timedelta(hours=24)  # how soon to look again where nothing says when a wait ends
