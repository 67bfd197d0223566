"""Say what may, must and must not be sent of each (line, step): the engine stated anew, from the truth alone.

thank_you       of an order, once it is paid, within two days of placing
shipped         of a parcel, within three days, unless it has arrived
delivered       of a parcel, within three days of an arrival a carrier reported
product_help    of a line, from three days after its parcel arrived, for 14 days, between 9 and 20 where it went
review_request  of a line, from seven days after, for 21 days, between 9 and 20 where it went

A parcel nobody reported counts, for the last two, as arrived once it was on the way for 14 days. Nothing is asked
within two days of an arrival. What was cancelled, refunded, removed or returned is not asked about; a return that is
open is waited for. Whoever unsubscribed gets neither of the last two; whoever was erased gets nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from tests.checker.history import History, Order, Parcel, Scan, Shop

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOBODY_SAID = 14 * DAY
NEVER_SOONER = 2 * DAY  # after an arrival nothing is asked, whoever wants it
OPENS, CLOSES = 9, 20
ZONES = {
    "GB": "Europe/London",
    "FR": "Europe/Paris",
    "DE": "Europe/Berlin",
    "JP": "Asia/Tokyo",
    "US": "America/New_York",
}
ONLY_WITH_CONSENT = frozenset({"DE", "AT"})
GRACE = 24 * HOUR  # from an acknowledged webhook to its effect: a dead worker's lease, a lost bell, the next look
NEVER_TOLD = 7 * DAY  # until reconciliation has found what no webhook told, in the worst of our runs
CLOCKS = timedelta(minutes=1)  # so far may the clock of the machine that says it be from everybody else's
STALL = 45 * timedelta(minutes=1)  # how long a stopped process may lie between its commit and its last byte


@dataclass(frozen=True)
class Step:
    """One of the five mails. `delay` counts from the arrival, `life` from when it was ready."""

    key: str
    delay: timedelta
    life: timedelta
    about_lines: bool = False


STEPS = {
    step.key: step
    for step in (
        Step("thank_you", 0 * DAY, 2 * DAY),
        Step("shipped", 0 * DAY, 3 * DAY),
        Step("delivered", 0 * DAY, 3 * DAY),
        Step("product_help", 3 * DAY, 14 * DAY, about_lines=True),
        Step("review_request", 7 * DAY, 21 * DAY, about_lines=True),
    )
}


@dataclass(frozen=True)
class Expected:
    """What is allowed of one (line, step): sent in one of `spans`; `must` where silence is wrong."""

    spans: tuple[tuple[datetime, datetime], ...]
    must: bool
    in_daytime: bool


def expected(order: Order, line: int, step: Step, stopped_at: datetime | None, shop: Shop, *, alone: bool) -> Expected:
    """Return what is allowed. `alone`: nobody of this address bought anything else, so that no cap can hold it back."""
    spans = tuple(_spans(order, line, step, shop))
    closed = _closed_at(order, line, step, stopped_at, shop)
    open_spans = tuple((since, min(until, closed)) for since, until in spans if since < closed)
    open_spans += tuple(_by_hand(order, line, step, stopped_at, shop))
    by_hand = any((press.order, press.step) == (order.id, step.key) for press in shop.presses)  # judged by itself
    must = alone and bool(open_spans) and not by_hand and _must(order, line, step, stopped_at)
    return Expected(open_spans, must and not any(_may_drop(shop, order, *span) for span in spans), step.about_lines)


def _spans(order: Order, line: int, step: Step, shop: Shop) -> list[tuple[datetime, datetime]]:
    """Return when the clock alone would let it be sent; what a pause may have moved, too."""
    found = [
        (max(since, at) if at else since, min(until, end) if end else until)
        for delay, at, end in _delays(order, line, step, shop)
        for since, until in _plain_spans(order, line, replace(step, delay=delay))
    ]
    return _with_shifts(found, shop)


def _with_shifts(found: list[tuple[datetime, datetime]], shop: Shop) -> list[tuple[datetime, datetime]]:
    shifts = [one for one in shop.pauses if one.choice == "shift"]
    moved = [
        (since, until + (one.until - one.since) + STALL)
        for since, until in found
        for one in shifts
        if since < one.until and until > one.since
    ]
    return [span for span in found + moved if span[0] < span[1]]


def _by_hand(
    order: Order, line: int, step: Step, stopped_at: datetime | None, shop: Shop
) -> Iterator[tuple[datetime, datetime]]:
    """Yield when it may come because somebody planned it once more: for as long as if it were ready only now.

    What was planned before an uninstall may come again only by somebody's hand, and by a hand after it.
    """
    soonest = replace(step, delay=min(step.delay, NEVER_SOONER))
    plain = [since for since, _ in _plain_spans(order, line, soonest)]
    for press in shop.presses:
        if plain and (press.order, press.step) == (order.id, step.key) and press.button in {"plan_again", "send_again"}:
            later = replace(shop, gone=[one for one in shop.gone if one.at > press.asked_at])
            closed = _closed_at(order, line, step, stopped_at, later)
            span = (max(min(plain), press.asked_at), (press.answered_at or press.asked_at) + step.life + STALL)
            yield from ((since, min(until, closed)) for since, until in _with_shifts([span], shop) if since < closed)


def _delays(
    order: Order, line: int, step: Step, shop: Shop
) -> list[tuple[timedelta, datetime | None, datetime | None]]:
    """Return the delays that may hold for a line's run, each with when it is sent by it at the earliest and latest."""
    for edit in (each for each in shop.edits if each.step == step.key):
        before, after = (
            (step.delay, None, edit.done_at and edit.done_at + STALL),
            (edit.days * DAY, edit.tried_at, None),
        )
        if edit.moved:
            return [before, after]
        parcels = order.parcels.values()  # one that arrived with it may speak for it, under its own version
        if edit.done_at and all(parcel.shipped_at > edit.done_at for parcel in parcels):
            return [(edit.days * DAY, None, None)]
        if all(parcel.known_at and parcel.known_at + GRACE < edit.tried_at for parcel in parcels):
            return [(step.delay, None, None)]
        return [(step.delay, None, None), (edit.days * DAY, None, None)]
    return [(step.delay, None, None)]


def _plain_spans(order: Order, line: int, step: Step) -> list[tuple[datetime, datetime]]:
    if order.paid_at is None:
        return []
    if step.key == "thank_you":
        return [(order.paid_at, order.placed_at + step.life + STALL)]
    spans = []
    for parcel in order.parcels.values():
        if line not in parcel.lines:
            continue
        if step.key == "shipped":
            spans.append((max(parcel.shipped_at, order.paid_at), parcel.shipped_at + step.life + STALL))
            continue
        spans += [(scan.at + step.delay, scan.at + step.delay + step.life + STALL) for scan in _arrivals(parcel)]
        if line in order.digital:  # it is there as soon as it is sent
            spans.append((parcel.shipped_at + step.delay, parcel.shipped_at + step.delay + step.life + STALL))
        if step.about_lines:  # each keeps its own distance from that day, whatever the merchant makes of its delay
            ready = parcel.shipped_at + NOBODY_SAID + STEPS[step.key].delay
            spans.append((ready, ready + step.life + STALL))
    return spans


def _may_drop(shop: Shop, order: Order, since: datetime, until: datetime) -> bool:
    """Say whether what a merchant did may have left out what was due in a span."""
    for one in shop.pauses:
        if since - 2 * DAY < one.until and one.since < since + 2 * DAY and one.choice in {"drop_late", "skip"}:
            return True
        if one.since < until < one.until + DAY:
            return True  # it grew too old meanwhile
    for one in shop.gone:
        if since + 3 * DAY > one.at and (one.started_at is None or order.placed_at < one.started_at):
            return True
    return False


def _arrivals(parcel: Parcel) -> list[Scan]:
    return [scan for scan in parcel.scans if scan.status == "delivered"]


def _closed_at(order: Order, line: int, step: Step, stopped_at: datetime | None, shop: Shop) -> datetime:
    """Return from when on it must not be sent, as soon as the app had to know."""
    against = order.endings + order.line_endings.get(line, []) if step.about_lines else order.endings
    if step.key in {"shipped", "delivered"}:  # news of a parcel stays true, whatever became of the money
        against = [one for one in order.endings if one.what == "redacted"]
    ends = [_bound(one.at, one.known_at) for one in against]
    if step.about_lines and stopped_at is not None:
        ends.append(stopped_at + STALL)
    if step.key == "shipped":
        ends += _overtaken(order, line)
    heard = [one for one in shop.gone if one.was_heard_by(GRACE)]
    ends += [_bound(one.at, one.known_at) for one in heard if _was_planned(order, line, step, one.at)]
    if step.key == "review_request" and (order.is_test or not _may_be_asked(order)):
        ends.append(order.placed_at)
    return min(ends, default=datetime.max.replace(tzinfo=UTC))


def _was_planned(order: Order, line: int, step: Step, at: datetime) -> bool:
    """Say whether something was planned before an instant: after an uninstall nothing old goes out."""
    if step.key == "thank_you":
        return order.placed_at < at
    parcels = [parcel for parcel in order.parcels.values() if line in parcel.lines]
    return bool(parcels) and all(parcel.shipped_at < at for parcel in parcels)


def _overtaken(order: Order, line: int) -> list[datetime]:
    """Return when the news that a parcel is on its way was old: it had arrived, and nobody took that back."""
    mine = [parcel for parcel in order.parcels.values() if line in parcel.lines and parcel.is_calm]
    return [_bound(scan.at, scan.known_at) for parcel in mine for scan in _arrivals(parcel)]


def _may_be_asked(order: Order) -> bool:
    agreed = any(each.state == "subscribed" for each in order.consents)
    return agreed or order.country not in ONLY_WITH_CONSENT


def agreement_held(order: Order, at: datetime) -> bool:
    """Say whether somebody who may be asked only with consent may have held to it at an instant, as far as known."""
    if order.country not in ONLY_WITH_CONSENT:
        return True
    said = sorted(order.consents, key=lambda each: each.at)
    for place, answer in enumerate(said):
        later = said[place + 1 :]
        # What a shop's record says of a person comes with any webhook or the next look: it is never known for sure.
        refused = any(each.holds_from + NEVER_TOLD < at for each in later)
        if answer.state == "subscribed" and answer.holds_from <= at and not refused:
            return True
    return False


def _bound(at: datetime, known_at: datetime | None) -> datetime:
    return max(at, known_at) + GRACE if known_at is not None else at + NEVER_TOLD


def _must(order: Order, line: int, step: Step, stopped_at: datetime | None) -> bool:
    """Say whether silence is wrong: nothing spoke against it, and the app was told in time."""
    if not order.is_plain(line) or order.paid_at is None or line in order.digital:
        return False
    parcels = [parcel for parcel in order.parcels.values() if line in parcel.lines]
    was_paid_later = order.paid_at > order.placed_at  # told of a parcel, nobody asks whether it has been paid since
    is_told = _told(order.paid_at, order.known_at, 8 * HOUR)
    if step.key == "thank_you" or (was_paid_later and not is_told and not step.about_lines):
        return is_told
    if len(parcels) != 1 or not all(parcel.is_calm for parcel in order.parcels.values()):
        return False
    (parcel,) = parcels
    arrived = _arrivals(parcel)[0]
    if step.key == "shipped":
        return _told(parcel.shipped_at, parcel.known_at, 8 * HOUR) and arrived.at - parcel.shipped_at > 48 * HOUR
    if step.key == "delivered":
        return _told(arrived.at, arrived.known_at, 12 * HOUR)
    if stopped_at is not None:
        return False
    if step.key == "review_request":
        return {each.state for each in order.consents} == {"subscribed"}
    return True


def _told(at: datetime, known_at: datetime | None, within: timedelta) -> bool:
    return known_at is not None and known_at - at <= within


def return_is_open(order: Order, line: int, at: datetime) -> bool:
    """Say whether a return of a line was open at an instant, and the app had been told so a day before.

    What has happened to it since may have been read at the shop, whether or not its webhook has come.
    """
    return any(_is_known_open(moves, at) for case, moves in order.returns.items() if line in order.lines_back[case])


def _is_known_open(moves: list[tuple[datetime, str, datetime | None]], at: datetime) -> bool:
    happened = [(status, known) for moved, status, known in moves if moved <= at]
    if not happened or happened[-1][0] not in {"requested", "open"}:
        return False
    known_at = happened[-1][1]
    return known_at is not None and known_at <= at - GRACE


def buyers(history: History) -> dict[tuple[str, str], int]:
    """Return how many orders each address has in each shop."""
    ordered = sorted((order.shop, order.email) for order in history.orders.values())
    return {who: len(list(orders)) for who, orders in groupby(ordered)}
