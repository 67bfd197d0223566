"""Hold every mail a receiver accepted against the truth: twice, too early, too late, at night, to the wrong person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.checker.by_hand import by_hand, names_of_copies
from tests.checker.evidence import Evidence, Violation
from tests.checker.history import History, Order, tell
from tests.checker.letters import Letter, by_title, read
from tests.checker.oracle import (
    CLOCKS,
    CLOSES,
    GRACE,
    NEVER_TOLD,
    OPENS,
    STALL,
    STEPS,
    ZONES,
    Expected,
    agreement_held,
    buyers,
    expected,
    return_is_open,
)
from tests.checker.people import asked_twice, told_at_the_shop

# What may or may not have arrived, and is sent again by a person alone: counted and held against the faults elsewhere.
UNKNOWN = """select m.step, o.shopify_id from message m join "order" o on o.shop_id = m.shop_id and o.id = m.order_id
    where m.state = 'unknown'"""
Spoken = dict[tuple[str, int], list[Letter]]


def outside(evidence: Evidence) -> Iterator[Violation]:
    """Yield what the mails break."""
    history = tell(evidence)
    of_line = {line: order for order in history.orders.values() for line in order.lines}
    titles = {title: line for order in history.orders.values() for line, title in order.lines.items()}
    letters = [read(mail) for mail in evidence.mails]
    spoken: Spoken = defaultdict(list)
    yield from _too_often(letters, names_of_copies(evidence))
    for letter in letters:
        lines = by_title(titles, letter.things)
        if letter.step is None or not lines:
            yield Violation("readable", f"nobody can tell what {letter.public} is about: {letter.subject!r}")
            continue
        orders = {of_line[line].id: of_line[line] for line in lines}
        if len(orders) > 1:
            yield Violation("isolation", f"{letter.public} speaks about the orders {sorted(orders)}")
        order = next(iter(orders.values()))
        yield from _right_person(letter, order, history)
        yield from _shop_may_speak(letter, order, history)
        # The thanks are about the order; whichever thing they name.
        for line in [min(order.lines)] if letter.step == "thank_you" else sorted(lines):
            spoken[letter.step, line].append(letter)
    yield from _against_the_truth(evidence, history, spoken)
    yield from asked_twice(history, spoken)
    yield from told_at_the_shop(evidence, history)
    yield from by_hand(evidence, history, spoken)


def _too_often(letters: list[Letter], copies: Mapping[str, int]) -> Iterator[Violation]:
    """Yield what was accepted twice, and what somebody had sent again more often than they wanted."""
    for public, count in Counter(letter.public for letter in letters).items():
        if count > 1 + copies.get(public, 0):
            yield Violation("duplicate", f"{public} was accepted {count} times")


def _right_person(letter: Letter, order: Order, history: History) -> Iterator[Violation]:
    if letter.recipient != order.email:
        yield Violation("isolation", f"{letter.public} about {order.id} went to somebody else")
    if letter.sender != history.shops[order.shop].name:
        yield Violation("isolation", f"{letter.public} about {order.id} of {order.shop} came from {letter.sender}")


def _shop_may_speak(letter: Letter, order: Order, history: History) -> Iterator[Violation]:
    shop = history.shops[order.shop]
    for one in shop.gone:
        ends = max(one.at, one.known_at) + GRACE if one.known_at is not None else one.at + NEVER_TOLD
        if ends < letter.at and (one.back_at is None or letter.at < one.back_at):
            yield Violation("uninstalled", f"{letter.public} left at {letter.at}, the shop at {one.at}")
    for pause in shop.pauses:
        if pause.since + STALL < letter.at < pause.until:
            yield Violation("paused", f"{letter.public} left at {letter.at}, in a {pause}")


def _against_the_truth(evidence: Evidence, history: History, spoken: Spoken) -> Iterator[Violation]:
    stops = {}
    for shop, address, at in evidence.stops:
        stops.setdefault((shop, address), at)
    bought = buyers(history)
    unknown = {(step, order) for step, order in evidence.rows(UNKNOWN)}
    for order in history.orders.values():
        stopped_at = stops.get((order.shop, order.email))
        alone = (
            bought[order.shop, order.email] == 1
            and order.email not in evidence.refused
            and not order.partners
            and len(set(order.products.values())) == len(order.products)
        )
        for step in STEPS.values():
            for line in [min(order.lines)] if step.key == "thank_you" else sorted(order.lines):
                allowed = expected(order, line, step, stopped_at, history.shops[order.shop], alone=alone)
                letters = spoken.get((step.key, line), [])
                yield from _judge(order, line, step.key, allowed, letters)
                known_unknown = (step.key, order.id) in unknown
                if (
                    allowed.must
                    and not known_unknown
                    and not any((step.key, each) in spoken for each in _said_together(order, line, step.key))
                ):
                    due = [(str(since), str(until)) for since, until in allowed.spans]
                    yield Violation("lost", f"{step.key} of line {line} of order {order.id} was never said; due {due}")


def _judge(order: Order, line: int, step: str, allowed: Expected, letters: list[Letter]) -> Iterator[Violation]:
    what = f"{step} of line {line} of order {order.id} ({order.shop})"
    if len({letter.public for letter in letters}) > 1:
        yield Violation("duplicate", f"{what} was said {len(letters)} times: {[str(one.at) for one in letters]}")
    for letter in letters:
        if not any(since - CLOCKS <= letter.at <= until + CLOCKS for since, until in allowed.spans):
            spans = [(str(since), str(until)) for since, until in allowed.spans]
            yield Violation("wrong time", f"{what} was said at {letter.at}; allowed {spans}")
        if allowed.in_daytime and not _is_daytime(order, letter.at):
            yield Violation("window", f"{what} was said at {letter.at.astimezone(_zone(order))}")
        if step == "review_request" and not agreement_held(order, letter.at):
            yield Violation("no consent", f"{what} was said at {letter.at}")
        if allowed.in_daytime and return_is_open(order, line, letter.at):
            yield Violation("return open", f"{what} was said at {letter.at}")


def _said_together(order: Order, line: int, step: str) -> set[int]:
    """Return the lines one of which a mail names when it is about all: help names one thing of what came together."""
    return set(order.lines) if step == "product_help" else {line}


def _zone(order: Order) -> ZoneInfo:
    return ZoneInfo(ZONES[order.country])


def _is_daytime(order: Order, at: datetime) -> bool:
    decided = (at + CLOCKS, at, at - STALL)
    return any(OPENS <= each.astimezone(_zone(order)).hour < CLOSES for each in decided)
