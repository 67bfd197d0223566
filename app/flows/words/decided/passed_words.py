"""Say of each rule that was passed what it saw. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.customers.legal_basis import Basis, MessageClass
from app.flows.language.steps import Arrival
from app.flows.rules.decision import Facts, Item
from app.flows.rules.recipient_rules import basis_of
from app.flows.rules.turn import is_capped
from app.flows.timing.calendar import ALWAYS_OPEN, hours_of
from app.flows.words.count_words import counted
from app.flows.words.day_words import clock_words, date_words, on_day, place_words, your_words
from app.flows.words.decided.arrival_words import SOURCES, should_have_words
from app.flows.words.described.step_words import clock_of


def passed_words(rule: int, facts: Facts, at: datetime, yours: ZoneInfo) -> str:
    """Return what a passed rule saw at the instant it ran. `yours` is the reader's clock."""
    words = WORDS.get(rule)
    return words(facts, at, yours) if words else f"Rule {rule} passed."


def _connected(_facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    return "The shop is connected and sending is not paused."


def _switched_on(_facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    return "The flow runs and this message is switched on."


def _not_said(_facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    return "This message has not gone out before."


def _fresh(facts: Facts, at: datetime, yours: ZoneInfo) -> str:
    return f"Still worth sending, until {date_words(facts.follow_up.expires_at, yours, at)}."


def _stands(facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    if facts.step.message_class is MessageClass.TRANSACTIONAL:
        return f"Order {facts.order.name} still exists."
    return f"Order {facts.order.name} is not cancelled, voided, refunded in full or a test."


def _left(facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    kept = sum(_kept(line) for line in facts.items)
    return f"Still part of it: {kept} of {counted(len(facts.items), 'item')}."


def _kept(line: Item) -> bool:
    return line.current_quantity > 0 and not (line.refunded or line.returned or line.parcel_cancelled)


def _returns(facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    if not facts.open_returns:
        return "No return is open."
    if facts.step.is_news:
        return "It reports on the order itself: returns do not matter."
    back = sum(any(each.is_about(line) for each in facts.open_returns) for line in facts.items)
    if back == 0:
        return "A return is open, but nothing of this is in it."
    return f"A return is open. Left out for it: {back} of {counted(len(facts.items), 'item')}."


def _arrival(facts: Facts, at: datetime, yours: ZoneInfo) -> str:
    if facts.step.arrival is Arrival.NOT_NEEDED:
        return "It does not need the parcel to have arrived."
    reported = [line for line in facts.items if line.reported_at is not None]
    likely = [found for line in facts.items if (found := facts.inferred(line)) is not None]
    if not reported and likely and likely[0].at <= at:
        return f"Nobody reported that the parcel arrived; it {should_have_words(likely[0], yours, at)}."
    if not reported:
        return "Nobody reported that the parcel arrived; the latest day to wait for that has come."
    first = min(reported, key=lambda line: line.reported_at or at)
    source = SOURCES.get(first.delivered_source, "reported") if first.delivered_source else "reported"
    return f"Arrived {on_day(first.reported_at or at, yours, at)} ({source})."


def _goal(facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    if facts.step.message_class is MessageClass.REVIEW_ASK:
        return "Not reviewed yet."
    return "Nothing it is meant to bring about has happened yet."


def _address(_facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    return "The address takes mail, and the person is not erased."


def _law(facts: Facts, at: datetime, yours: ZoneInfo) -> str:
    judged = basis_of(facts, at)
    match judged.basis:
        case Basis.SALE:
            return "Part of the sale: needs no consent."
        case Basis.CONSENT:
            return "The person has agreed to marketing."
        case Basis.SOFT_OPT_IN:
            return f"{judged.row.why} You declared that buyers can refuse at checkout."
        case Basis.IMPLIED:
            until = f" Until {date_words(judged.expires_at, yours, at)}." if judged.expires_at else ""
            return f"{judged.row.why}{until}"
        case _:
            return f"{judged.row.why} No consent is needed."


def _asked(facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    if facts.step.message_class is MessageClass.TRANSACTIONAL:
        return "It asks for nothing."
    months = counted(facts.bounds.asks_apart_months, "month")
    return f"Not asked about the same product within {months}, and no renewal of a subscription."


def _counted(facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    if not is_capped(facts.step):
        return "Part of the sale: not counted against how often a person hears from you."
    had, most = len(facts.turn.said), facts.bounds
    return f"Had {counted(had, 'message')} in 30 days; up to {most.per_week} in 7 days and {most.per_month} in 30."


def _held_out(facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    if facts.step.message_class is MessageClass.TRANSACTIONAL:
        return "Part of the sale: nobody is kept out of it to measure by."
    return "Not kept out to measure by."


def _new_words(_facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    return "The person has not had these words lately."


def _person(_facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    return "It is neither switched off nor paused for this person."


def _hour(facts: Facts, at: datetime, yours: ZoneInfo) -> str:
    window, zone = facts.step.window, ZoneInfo(facts.follow_up.zone)
    if window is None and hours_of(facts.step, facts.calendar) == ALWAYS_OPEN:
        return "May leave at any hour."
    hours = (
        "an hour you leave open" if window is None else f"within {clock_of(window.opens)} to {clock_of(window.closes)}"
    )
    there = f"{clock_words(at, zone)}{place_words(zone)}"
    return f"It is {there}, {hours}{your_words(at, zone, yours)}."


def _written(facts: Facts, _at: datetime, _yours: ZoneInfo) -> str:
    problem = facts.template.problem
    return f"Written with the last good version: {problem}." if problem else "The mail has every field it needs."


WORDS: Final[Mapping[int, Callable[[Facts, datetime, ZoneInfo], str]]] = {
    1: _connected,
    2: _switched_on,
    3: _not_said,
    4: _fresh,
    5: _stands,
    6: _left,
    7: _returns,
    8: _arrival,
    9: _goal,
    10: _asked,
    11: _address,
    12: _law,
    13: _person,
    14: _held_out,
    15: _hour,
    16: _counted,
    17: _new_words,
    18: _written,
}
