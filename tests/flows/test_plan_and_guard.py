"""Planning and deciding over random histories: the two must never contradict each other.

A small engine does with one planned row what the real one does: plans when something is heard, decides when due, waits,
holds and resumes.
"""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import event, given, settings
from hypothesis import strategies as st

from app.flows.language.steps import Arrival
from app.flows.language.window import SendWindow
from app.flows.rules.decision import Send
from app.flows.rules.reasons import Reason
from app.flows.timing.calendar import DEFAULT_GAP, Blackout, Calendar, Quiet, hours_of
from app.flows.timing.slots import MAX_JITTER, closed_by, next_allowed
from tests.flows.cases import STEPS
from tests.flows.living import DAY, HOUR, LANES, MINUTE, START, Heard, World, run

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
@settings(max_examples=300)
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
@settings(max_examples=300)
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
@settings(max_examples=80)
def test_the_same_history_ends_the_same(history, place):
    step = STEPS["review_request"]
    first, again = (run(step, World(place, agreed=True), history, place) for _ in range(2))
    assert first == again
