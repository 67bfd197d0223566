"""How a run goes through its flow: rows stand ahead, the rest waits for what stands before it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.experiments.assign import Choice, assign
from app.flows.language.conditions.facts import Fact
from app.flows.language.flow import nodes
from app.flows.language.forms import flow_document, flow_json
from app.flows.language.happenings import Happening, Moment
from app.flows.language.presets import classic_five
from app.flows.runs.advance import Ended, Person, Row, Standing, advance
from app.flows.runs.anniversaries import anniversary, years_passed
from app.flows.runs.path import path_json, read_path, still_there
from tests.flows.documents import documents

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONDON = ZoneInfo("Europe/London")
ORDER, PARCEL = classic_five(shopify_sends_shipping_mails=False)
SEND = flow_json(PARCEL)["steps"][0] | {"anchor": "trigger"}


def flow(*steps, **changes):
    return flow_document(flow_json(PARCEL) | {"steps": list(steps)} | changes)


def send(key, **changes):
    return SEND | {"key": key} | changes


def wait(key, days):
    return {"type": "wait", "key": key, "delay_days": days}


def until(key, **what):
    return {"type": "wait_until", "key": key, "at_most_days": 10} | what


def branch(key, then, otherwise=()):
    condition = {"fact": "reviewed", "op": "is", "value": True}
    return {"type": "branch", "key": key, "if": condition, "then": list(then), "else": list(otherwise)}


def standing(**changes):
    return replace(Standing(START, Person(7, 42), LONDON), **changes)


def keys(told):
    return [each.step.key for each in told.reached]


def test_a_run_without_forks_plans_everything_at_once():
    told = advance(PARCEL, (), standing(), START)
    assert keys(told) == ["shipped", "delivered", "product_help", "review_request"]
    assert told.through
    assert (told.look_at, told.path, told.ended) == (None, (), None)


def test_a_wait_stops_the_run_and_says_when_to_look_again():
    told = advance(flow(send("first"), wait("pause", 3), send("second")), (), standing(), START)
    assert (keys(told), told.waits_for) == (["first"], ("first",))  # it counts from when the first was sent
    sent = standing(rows={"first": Row(START, START + HOUR)})
    told = advance(flow(send("first"), wait("pause", 3), send("second")), (), sent, START + DAY)
    assert (keys(told), told.look_at, told.through) == (["first"], START + HOUR + 3 * DAY, False)
    told = advance(flow(send("first"), wait("pause", 3), send("second")), (), sent, START + 4 * DAY)
    assert keys(told) == ["first", "second"]
    assert [(each.key, each.way, each.at) for each in told.path] == [("pause", "waited", START + HOUR + 3 * DAY)]


def test_what_counts_from_the_step_before_waits_for_it():
    one = flow(send("first"), send("second", anchor="previous_step"), send("third"))
    told = advance(one, (), standing(), START)
    assert (keys(told), told.waits_for) == (["first"], ("first",))
    told = advance(one, (), standing(rows={"first": Row(START, START + 2 * DAY)}), START + 3 * DAY)
    assert [(each.step.key, each.since) for each in told.reached][1:] == [
        ("second", START + 2 * DAY),
        ("third", START + 2 * DAY),
    ]


def test_a_step_left_to_shopify_is_not_waited_for():
    one = flow(send("first", state="left_to_shopify"), wait("pause", 1), send("second"))
    assert advance(one, (), standing(), START).look_at == START + DAY


def delivered(days):
    return {"happened": {Happening.DELIVERED: START + days * DAY}}


EXPECTED = {"dates": {Moment.EXPECTED_DELIVERY: START + 2 * DAY}}


@pytest.mark.parametrize(
    ("what", "changes", "now", "way", "at"),
    [
        ({"event": "delivered"}, delivered(1), START + 2 * DAY, "happened", START + DAY),
        ({"event": "delivered"}, delivered(-1), START, "happened", START),
        ({"event": "delivered"}, {}, START + 10 * DAY, "gave_up", START + 10 * DAY),
        ({"event": "delivered"}, delivered(11), START + 12 * DAY, "gave_up", START + 10 * DAY),
        ({"time_of_day": "10:30"}, {}, START + DAY, "happened", START + timedelta(hours=1, minutes=30)),
        ({"time_of_day": "08:00"}, {}, START + DAY, "happened", START + 23 * HOUR),
        ({"date": "expected_delivery"}, EXPECTED, START + 3 * DAY, "happened", START + 2 * DAY),
        ({"date": "expected_delivery"}, {}, START + 11 * DAY, "gave_up", START + 10 * DAY),
    ],
)  # fmt: skip
def test_waiting_for_something_ends_with_it_or_without(what, changes, now, way, at):
    told = advance(flow(until("w", **what), send("then")), (), standing(**changes), now)
    assert [(each.way, each.at) for each in told.path] == [(way, at)]
    assert keys(told) == ["then"]


def test_a_wait_for_an_event_looks_again_at_its_latest():
    told = advance(flow(until("w", event="delivered"), send("then")), (), standing(), START + DAY)
    assert (told.look_at, keys(told)) == (START + 10 * DAY, [])


@pytest.mark.parametrize(
    ("known", "expected"),
    [({Fact.REVIEWED: True}, "yes"), ({Fact.REVIEWED: False}, "no"), ({}, "no")],
)
def test_a_branch_goes_by_what_is_known_and_keeps_why(known, expected):
    one = flow(branch("b", [send("yes")], [send("no")]), send("after"))
    told = advance(one, (), standing(known=known), START)
    assert keys(told) == [expected, "after"]
    assert told.path[0].because[0]["found"] is known.get(Fact.REVIEWED)
    # Whatever becomes known later: what lies behind is not decided again.
    again = advance(one, told.path, standing(known={Fact.REVIEWED: expected == "no"}), START + DAY)
    assert (keys(again), again.path) == (keys(told), told.path)


def test_a_branch_waits_for_the_message_before_it():
    one = flow(send("first"), branch("b", [send("yes")], [send("no")]))
    assert keys(advance(one, (), standing(), START)) == ["first"]
    sent = standing(rows={"first": Row(START, START + DAY)})
    assert keys(advance(one, (), sent, START + DAY)) == ["first", "no"]


def test_end_ends_wherever_it_stands():
    one = flow(branch("b", [send("yes")], [{"type": "end", "key": "over"}]), send("after"))
    assert keys(advance(one, (), standing(known={Fact.REVIEWED: True}), START)) == ["yes", "after"]
    told = advance(one, (), standing(), START)
    assert (keys(told), told.through) == ([], True)


def split(shares=(1, 1)):
    arms = [
        {"name": name, "share": share, "steps": [send(f"mail_{name}")]}
        for name, share in zip("ab", shares, strict=True)
    ]
    return {"type": "split", "key": "s", "experiment": "words", "arms": arms}


def test_an_arm_is_the_persons_and_stays():
    for unit in range(60):
        person = Person(7, unit)
        arm = assign("words", 7, unit, [Choice("a", 1), Choice("b", 1)])
        assert keys(advance(flow(split()), (), standing(person=person), START)) == [f"mail_{arm}"]
        other = {"a": "b", "b": "a"}[arm]
        # Shares were changed since: who has seen an arm stays with it.
        seen = replace(person, arms={"words": other})
        assert keys(advance(flow(split((9, 1))), (), standing(person=seen), START)) == [f"mail_{other}"]


def test_goal_and_exit_end_a_run_and_only_what_happened_since_counts():
    one = flow(
        send("first"),
        exit={"on": ["cancelled"], "when": {"fact": "customer_orders", "op": "at_least", "value": 3}},
        goal={"event": "reviewed", "window_days": 5},
    )
    cases = [
        ({}, None),
        ({"happened": {Happening.CANCELLED: START + HOUR}}, Ended.EXITED),
        ({"happened": {Happening.CANCELLED: START - HOUR}}, None),
        ({"happened": {Happening.CANCELLED: START + 9 * DAY}}, None),  # dated ahead of us
        ({"happened": {Happening.REVIEWED: START + 5 * DAY}}, Ended.GOAL_REACHED),
        ({"happened": {Happening.REVIEWED: START + 6 * DAY}}, None),
        ({"known": {Fact.CUSTOMER_ORDERS: 3}}, Ended.EXITED),
        ({"known": {Fact.CUSTOMER_ORDERS: 2}}, None),
    ]
    for changes, ended in cases:
        told = advance(one, (), standing(**changes), START + 7 * DAY)
        assert told.ended is ended
        assert keys(told) == ([] if ended else ["first"])


def test_a_path_is_stored_and_read_back_and_forgets_what_a_version_lacks():
    one = flow(until("w", event="delivered"), branch("b", [send("yes")]), send("after"))
    told = advance(one, (), standing(happened={Happening.DELIVERED: START}), START)
    assert read_path(path_json(told.path)) == told.path
    assert still_there(told.path, one) == told.path
    assert still_there(told.path, PARCEL) == ()
    assert still_there(told.path, flow(wait("b", 1), send("after"))) == ()  # its name is another step's now


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(documents(), st.data())
def test_every_run_has_a_next_time_or_an_end_and_walking_again_changes_nothing(raw, data):
    one = flow_document(raw)
    now, path, rows = START, (), {}
    flags = st.sampled_from([None, True, False])
    for _ in range(80):
        known = {Fact.REVIEWED: data.draw(flags), Fact.ORDER_TOTAL: data.draw(st.none() | st.integers(0, 90))}
        happened = dict.fromkeys(data.draw(st.lists(st.sampled_from(Happening), max_size=1)), now)
        stands = standing(known=known, happened=happened, rows=rows)
        told = advance(one, path, stands, now)
        assert told.path[: len(path)] == path
        again = advance(one, told.path, stands, now)
        assert (again.reached, again.path, again.ended) == (told.reached, told.path, told.ended)
        if told.ended or told.through:
            break
        assert told.look_at or told.waits_for
        assert told.look_at is None or told.look_at > now
        for each in told.reached:
            if each.step.is_planned:
                rows.setdefault(each.step.key, Row(each.since + each.step.delay))
        path = told.path
        now = told.look_at or max(now, *(rows[key].due_at for key in told.waits_for))
        rows = {
            key: replace(row, done_at=row.done_at or (now if row.due_at <= now else None)) for key, row in rows.items()
        }
    else:
        pytest.fail("the run never came to an end")
    assert len({taken.key for taken in told.path}) == len(told.path)
    assert {taken.key for taken in told.path} <= {node.key for node in nodes(one.steps)}


@pytest.mark.parametrize(
    ("first", "years", "zone", "day"),
    [
        (datetime(2024, 2, 29, 12, tzinfo=UTC), 1, "Europe/London", datetime(2025, 2, 28, tzinfo=UTC)),
        (datetime(2024, 2, 29, 12, tzinfo=UTC), 4, "Europe/London", datetime(2028, 2, 29, tzinfo=UTC)),
        (datetime(2024, 2, 28, 23, 30, tzinfo=UTC), 1, "Asia/Tokyo", datetime(2025, 2, 27, 15, tzinfo=UTC)),
        (datetime(2024, 12, 31, 23, 30, tzinfo=UTC), 1, "Asia/Tokyo", datetime(2025, 12, 31, 15, tzinfo=UTC)),
        # The clock there skips that midnight.
        (datetime(2023, 9, 8, 15, tzinfo=UTC), 1, "America/Santiago", datetime(2024, 9, 8, 4, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_a_year_passes_on_the_local_day(first, years, zone, day):
    there = ZoneInfo(zone)
    assert anniversary(first, years, there) == day
    assert years_passed(first, day, there) == years
    assert years_passed(first, day - timedelta(seconds=1), there) == years - 1
