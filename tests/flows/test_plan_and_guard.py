"""Planning and deciding over random histories: the two must never contradict each other.

A small engine does with one planned row what the real one does: plans when something is heard, decides when due, waits,
holds and resumes.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import event, given, settings
from hypothesis import strategies as st

from app.flows.language.steps import Arrival
from app.flows.language.window import SendWindow
from app.flows.rules.decision import (
    CustomerFacts,
    Facts,
    FollowUpFacts,
    Hold,
    Item,
    OpenReturn,
    OrderFacts,
    Postpone,
    Send,
    ShopFacts,
)
from app.flows.rules.guard import decide
from app.flows.rules.reasons import Reason
from app.flows.timing.calendar import ALWAYS_OPEN, DEFAULT_GAP, Blackout, Calendar, Quiet, hours_of
from app.flows.timing.limits import Limits
from app.flows.timing.plan import Moments, plan
from app.flows.timing.recipient_zone import recipient_zone
from app.flows.timing.slots import MAX_JITTER, closed_by, next_allowed
from app.orders.delivery import Inferred, Scan, delivered
from app.orders.lanes.business_days import WorkCalendar
from app.orders.lanes.curve import CELLS, cell, shifted
from app.orders.lanes.expect import Fitted, Level
from app.orders.lanes.outlook import Parcel, Terms, outlook
from tests.flows.cases import STEPS

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 9, 20, tzinfo=UTC)  # histories run across the autumn changes of both hemispheres
LIMITS = Limits()
POINT = tuple(float(place == cell(1.0)) for place in range(CELLS))
PLACES = [
    ("US", "CA"),
    ("US", "AK"),
    ("DE", None),
    ("JP", None),
    ("AU", "NSW"),
    ("CL", "RM"),
    ("GB", None),
    (None, None),
]
WINDOWS = [SendWindow(9, 20), SendWindow(10, 12, frozenset({0, 3})), SendWindow(0, 24), SendWindow(1, 3), None]


@dataclass(frozen=True)
class Heard:
    """Something we learn at an instant: what it changes in the world we know."""

    at: datetime
    what: str
    happened_at: datetime


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
        if heard.what in {"delivered", "failure", "in_transit"}:
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


def instants(latest_days=70):
    return st.integers(0, latest_days * 24 * 60).map(lambda minutes: START + minutes * MINUTE)


@st.composite
def histories(draw, kinds):
    """Events with the source's clock and our own, which runs up to nine days behind; some come twice, some never."""
    heard = []
    if draw(st.integers(0, 9)):
        shipped_at = START + draw(st.integers(0, 12 * 24 * 60)) * MINUTE
        heard.append(Heard(shipped_at + draw(st.sampled_from([timedelta(), HOUR, 3 * DAY])), "shipped", shipped_at))
    for what in draw(st.lists(st.sampled_from(kinds), max_size=6)):
        at = draw(instants())
        late = draw(st.sampled_from([timedelta(), timedelta(), 5 * MINUTE, 7 * HOUR, 2 * DAY, 9 * DAY]))
        heard.append(Heard(at + late, what, at))
    return heard


STEP = st.builds(
    lambda key, window, delay: replace(
        STEPS[key],
        window=window,
        delay=delay * DAY if STEPS[key].about_lines else timedelta(),
        max_age=max(STEPS[key].max_age, 9 * DAY),  # longer than the narrowest window is shut, as documents must be
    ),
    st.sampled_from(["review_request", "product_help", "delivered", "shipped"]),
    st.sampled_from(WINDOWS),
    st.integers(1, 20),
)
ABOUT_LINES = STEP.filter(lambda step: step.about_lines)
CALENDARS = st.builds(
    Calendar,
    quiet=st.none() | st.sampled_from([Quiet(21 * 60, 8 * 60), Quiet(12 * 60, 13 * 60 + 30), Quiet(0, 9 * 60)]),
    blackouts=st.lists(
        st.builds(
            lambda first, days, yearly: Blackout(first, first + timedelta(days=days), yearly),
            st.dates(START.date(), START.date() + timedelta(days=90)),
            st.integers(0, 12),
            st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    holidays_closed=st.booleans(),
    holidays=st.frozensets(st.dates(START.date(), START.date() + timedelta(days=90)), max_size=6),
)
LANES = [
    None,
    Fitted(Level.LANE, 200, told=0.0, lost=0.01, middle=1.4, doubt=0.01, curve=shifted(POINT, 1.4, 0.4)),
    Fitted(Level.LANE, 200, told=0.8, lost=0.01, middle=1.0, doubt=0.01, curve=shifted(POINT, 1.0, 0.5)),
]
EVERYTHING = ["delivered", "delivered", "in_transit", "failure", "deleted", "refunded 1", "refunded 2", "return opened"]
EVERYTHING += ["return closed", "paused", "resumed", "unsubscribed", "cancelled"]


def allowed_from(step, item):
    """From when on a step may speak about a line: after its arrival, reported or inferred, or from its latest day."""
    pause = max(step.delay, DEFAULT_GAP)
    if item.reported_at is not None:
        return item.reported_at + pause
    latest = item.shipped_at + step.fallback
    return min(latest, item.inferred.at + pause) if item.inferred else latest


@given(STEP, histories(EVERYTHING), st.sampled_from(PLACES), st.booleans(), CALENDARS, st.sampled_from(LANES))
@settings(max_examples=300, deadline=None)
def test_whatever_happens_a_message_leaves_rightly_or_not_at_all(step, history, place, agreed, calendar, lane):
    end = run(step, World(place, agreed, calendar, lane=lane), history, place)
    if end is None:
        assert all(heard.what != "shipped" for heard in history)
        return
    assert end.at <= max(end.plans[-1].expires_at, end.plans[-1].due_at), "nothing waits for ever"
    event(type(end.verdict).__name__)
    if not isinstance(end.verdict, Send):
        return
    zone = ZoneInfo(end.facts.follow_up.zone)
    assert end.at < end.facts.follow_up.expires_at
    assert closed_by(end.at, step.window, zone, hours_of(step, calendar)) is None
    if step.window is not None and calendar.quiet is None:
        assert step.window.is_open(end.at, zone)
    assert end.facts.shop.paused_at is None
    sent = [item for item in end.facts.items if item.order_line_id in end.verdict.lines]
    assert sent
    for item in sent:
        assert not item.refunded
        assert step.arrival is not Arrival.LIKELY or end.at >= allowed_from(step, item)
    if step.arrival is Arrival.KNOWN:  # an inferred arrival is never told as one
        assert any(item.reported_at is not None and item.reported_at <= end.at for item in sent)
    if step.about_lines:
        assert not end.facts.open_returns
        assert end.facts.customer.unsubscribed_at is None
    if step.key == "review_request":
        assert end.facts.order.cancelled_at is None
        assert place[0] not in {"DE", None} or agreed


@given(ABOUT_LINES, histories(["delivered", "in_transit", "deleted", "failure"]), st.sampled_from(LANES))
@settings(max_examples=300, deadline=None)
def test_with_nothing_in_the_way_every_shipped_parcel_is_spoken_about_in_time(step, history, lane):
    place = ("GB", None)
    end = run(step, World(place, agreed=True, lane=lane), history, place)
    shipped = next((heard for heard in history if heard.what == "shipped"), None)
    if shipped is None:
        return
    assert end is not None
    reports = [heard for heard in history if heard.what != "shipped"]
    if not reports:
        # Nobody ever reports it: the latest day, in the first slot from when we knew
        zone = ZoneInfo("Europe/London")
        slot = next_allowed(max(shipped.happened_at + step.fallback, shipped.at), step.window, zone)
        assert isinstance(end.verdict, Send)
        assert end.at <= slot + MAX_JITTER
        assert lane is not None or slot <= end.at
    if not isinstance(end.verdict, Send):
        assert end.verdict.reason is Reason.STALE  # heard too late to be worth saying
        assert any(heard.at > heard.happened_at + 2 * DAY for heard in history) or len(end.plans) > 1


@given(histories(EVERYTHING), st.sampled_from(PLACES))
@settings(max_examples=80, deadline=None)
def test_the_same_history_ends_the_same(history, place):
    step = STEPS["review_request"]
    first, again = (run(step, World(place, agreed=True), history, place) for _ in range(2))
    assert first == again
