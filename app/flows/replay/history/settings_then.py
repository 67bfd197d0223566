"""Hold a shop's settings as they were at some instant, in the shapes planning and deciding read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from app.customers.declare import Law
from app.flows.facts.calendars import CalendarSetting, Whereabouts
from app.flows.facts.gather_left_out import Exclusions
from app.flows.facts.gather_shop import bounds
from app.flows.rules.decision import Bounds, ShopFacts
from app.orders.lanes.settings import Deliveries
from app.shops.left_out import LeftOut
from app.shops.measures import Measures
from app.shops.settings import Pause, Stored

NOTHING_LEFT_OUT: Final = Exclusions(LeftOut(), {})


@dataclass(frozen=True, slots=True)
class Settings:
    """Hold them. `left_out` knows products by what the shop leaves out today."""

    shop: ShopFacts
    measures: Measures
    bounds: Bounds
    places: Whereabouts
    left_out: Exclusions

    @classmethod
    def of(cls, stored: Stored, shop_zone: str, left_out: Exclusions | None) -> Settings:
        """Return them from the versions that held."""
        pause, measures = stored.of(Pause), stored.of(Measures)
        shop = ShopFacts(
            paused_at=pause.since,
            paused_by=pause.paused_by,
            paused_words=pause.words,
            declared=stored.of(Law).declared(),
            risk=stored.of(Deliveries).risk,
        )
        places = Whereabouts(stored.of(CalendarSetting), shop_zone)
        excluded = replace(left_out or NOTHING_LEFT_OUT, rules=stored.of(LeftOut))
        return cls(shop, measures, bounds(measures), places, excluded)
