"""Live through what happens to one parcel as the engine does: plan when heard, decide when due, wait, hold, resume."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from app.flows.rules.decision import (
    CustomerFacts,
    Facts,
    FollowUpFacts,
    Hold,
    Item,
    OpenReturn,
    OrderFacts,
    Postpone,
    ShopFacts,
)
from app.flows.rules.guard import decide
from app.flows.timing.calendar import ALWAYS_OPEN, Calendar
from app.flows.timing.limits import Limits
from app.flows.timing.plan import Moments, plan
from app.flows.timing.recipient_zone import recipient_zone
from app.orders.arrival.delivery import ARRIVED, DENIED, Inferred, Scan, delivered
from app.orders.lanes.business_days import WorkCalendar
from app.orders.lanes.curve import CELLS, cell, shifted
from app.orders.lanes.expect import Fitted, Level
from app.orders.lanes.outlook import Parcel, Terms, outlook

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 9, 20, tzinfo=UTC)  # histories run across the autumn changes of both hemispheres
LIMITS = Limits()
POINT = tuple(float(place == cell(1.0)) for place in range(CELLS))


@dataclass(frozen=True)
class Heard:
    """Something we learn at an instant: what it changes in the world we know."""

    at: datetime
    what: str
    happened_at: datetime


SCANS = ARRIVED | DENIED | {"confirmed", "carrier_picked_up", "in_transit", "delayed", "out_for_delivery"}
SCANS |= {"ready_for_pickup"}
CHANGES = {
    "shipped": ("shipped_at", "then"),
    "return opened": ("return_since", "then"),
    "return closed": ("return_since", "never"),
    "paused": ("paused_since", "then"),
    "resumed": ("paused_since", "never"),
    "unsubscribed": ("unsubscribed_at", "then"),
    "cancelled": ("cancelled_at", "then"),
}


@dataclass
class World:
    """What we know of one order with one parcel of two lines."""

    place: tuple[str | None, str | None]
    agreed: bool
    calendar: Calendar = ALWAYS_OPEN
    shipped_at: datetime | None = None
    scans: list[Scan] = field(default_factory=list)
    refunded: set[int] = field(default_factory=set)
    lane: Fitted | None = None
    risk: float | None = 0.1
    inferred: Inferred | None = None
    return_since: datetime | None = None
    paused_since: datetime | None = None
    unsubscribed_at: datetime | None = None
    cancelled_at: datetime | None = None

    def arrival(self, now):
        return delivered(self.scans, now=now)

    def apply(self, heard):
        self.scans = [replace(scan, deleted=scan.deleted or heard.what == "deleted") for scan in self.scans]
        if heard.what in SCANS:
            self.scans.append(Scan(heard.what, heard.happened_at))
        if heard.what.startswith("refunded"):
            self.refunded.add(int(heard.what[-1]))
        if self.shipped_at is not None or heard.what == "shipped":
            self.expect(heard)
        name, value = CHANGES.get(heard.what, (None, None))
        if name is not None:
            setattr(self, name, heard.happened_at if value == "then" else None)

    def expect(self, heard):
        """Infer anew, as the app does at every scan."""
        shipped_at = heard.happened_at if heard.what == "shipped" else self.shipped_at
        parcel = Parcel(shipped_at, tracked=True, scans=self.scans, done=self.arrival(heard.at) is not None)
        calendar = WorkCalendar(self.place[0], ZoneInfo("Europe/London"))
        found = outlook(parcel, self.lane, calendar, Terms(self.risk), heard.at)
        self.inferred = Inferred(found.inferred_at, found.inferred_risk) if found.inferred_at else None

    def facts(self, step, row, zone, now):
        arrival = self.arrival(now)
        items = tuple(
            Item(
                order_id=1,
                order_line_id=line,
                fulfillment_id=9 if self.shipped_at else None,
                current_quantity=0 if line in self.refunded else 1,
                refunded=line in self.refunded,
                shipped_at=self.shipped_at,
                delivered_at=arrival.at if arrival else None,
                delivered_source=arrival.source if arrival else None,
                inferred=None if arrival else self.inferred,
            )
            for line in (1, 2)
        )
        return Facts(
            step=step,
            follow_up=FollowUpFacts(row.anchor_at, row.due_at, row.expires_at, zone.name, zone.source, row.provisional),
            order=OrderFacts("#1", START, cancelled_at=self.cancelled_at, financial_status="paid"),
            calendar=self.calendar,
            items=items,
            shop=ShopFacts(paused_at=self.paused_since, risk=self.risk),
            customer=CustomerFacts(
                country=self.place[0], agreed_to_marketing=self.agreed, unsubscribed_at=self.unsubscribed_at
            ),
            open_returns=(OpenReturn("R", self.return_since),) if self.return_since else (),
        )


@dataclass(frozen=True)
class End:
    at: datetime
    verdict: object
    facts: Facts
    plans: tuple
    looks: int


def is_new(row, fresh):
    """The same plan heard again moves nothing."""
    return (row.anchor_at, row.provisional) != (fresh.anchor_at, fresh.provisional)


def run(step, world, history, zone_country):
    """Live through a history; return how the row ended, or None where nothing was ever planned."""
    zone = recipient_zone(*zone_country, "Europe/London")
    row, plans, held, looks = None, [], False, 0
    pending = sorted(history, key=lambda heard: heard.at)
    now = START
    while True:
        due = None if row is None else row.expires_at if held else row.due_at
        if pending and (due is None or pending[0].at <= due):
            heard = pending.pop(0)
            now = max(now, heard.at)
            world.apply(heard)
            arrival = world.arrival(now)
            known = Moments(START, world.shipped_at, arrival, None if arrival else world.inferred)
            fresh = plan(step, known, zone, seed="1", now=now, calendar=world.calendar)
            if fresh is not None and (row is None or is_new(row, fresh)):
                row, held = fresh, False
                plans.append(fresh)
            elif row is not None and held and heard.what == "resumed":
                row, held = replace(row, due_at=max(now, row.due_at)), False
            elif row is not None and heard.what == "return closed":
                row = replace(row, due_at=now)
            continue
        if due is None:
            return None
        now = max(now, due)
        looks += 1
        facts = world.facts(step, row, zone, now)
        verdict = decide(facts, LIMITS, now)
        assert looks < 200, "it looks again and again"
        if isinstance(verdict, Postpone):
            assert now < verdict.until <= row.expires_at
            row = replace(row, due_at=verdict.until)
        elif isinstance(verdict, Hold):
            assert now < row.expires_at
            held = True
        else:
            return End(now, verdict, facts, tuple(plans), looks)


LANES = [
    None,
    Fitted(Level.LANE, 200, told=0.0, lost=0.01, middle=1.4, doubt=0.01, curve=shifted(POINT, 1.4, 0.4)),
    Fitted(Level.LANE, 200, told=0.8, lost=0.01, middle=1.0, doubt=0.01, curve=shifted(POINT, 1.0, 0.5)),
]
