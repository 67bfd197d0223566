"""Rules about how often: asked before, held out, the person's and the shop's measure. Pure; rows 10, 14, 16 and 17."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from app.customers.legal_basis import MessageClass
from app.flows.language.window import at_time
from app.flows.rules.case import Case, Verdict, keep, postpone, skip
from app.flows.rules.reasons import Reason
from app.flows.rules.turn import Window, is_capped, room_at, windows
from app.flows.timing.calendar import hours_of
from app.flows.timing.slots import next_allowed

DAYS_A_MONTH: Final = 30.436875  # the mean month
NEWS_A_DAY: Final = 2
NEXT_DAY_AT: Final = 9  # o'clock, where the recipient lives: news that waited overnight wakes nobody
AFTER_OTHERS: Final = timedelta(minutes=15)  # whoever goes first has gone by then, or does not go at all


def asked_lately(case: Case) -> Verdict:
    """Skip requests about a subscription's renewal, and leave out products the person was asked about lately."""
    if case.step.message_class is MessageClass.TRANSACTIONAL:
        return case.lines
    if case.facts.order.renewal:
        return skip(Reason.SUBSCRIPTION_RENEWAL, renewal=True)
    if case.step.message_class is not MessageClass.REVIEW_ASK:
        return case.lines
    since = case.now - timedelta(days=case.facts.bounds.asks_apart_months * DAYS_A_MONTH)
    left = keep(case.lines, lambda line: line.asked_at is None or line.asked_at <= since)
    if left:
        return left
    last = max((line.asked_at for line in case.lines if line.asked_at is not None), default=None)
    return skip(Reason.ASKED_LATELY, asked_at=last, months=case.facts.bounds.asks_apart_months)


def not_held_out(case: Case) -> Verdict:
    """Skip whoever is kept out to measure by, with the time it would have gone; never what is part of the sale."""
    holdout = case.facts.holdout
    if holdout is None or case.step.message_class is MessageClass.TRANSACTIONAL:
        return case.lines
    at = next_allowed(case.now, case.step.window, case.zone, hours_of(case.step, case.facts.calendar))
    return skip(Reason.HOLDOUT, holdout=holdout.key, percent=holdout.percent, would_send_at=at)


def often_enough(case: Case) -> Verdict:
    """Postpone what is optional while the person has had as much as they chose to hear."""
    every = case.facts.customer.at_most_every
    if case.step.is_news or every is None:
        return case.lines
    room = room_at(case.facts.turn.optional, (Window(1, every),), case.now)
    if room > case.now:
        return postpone(room, Reason.OFTEN_ENOUGH, at_most_every_days=every.days, room_at=room)
    return case.lines


def has_room(case: Case) -> Verdict:
    """Postpone to the first instant the shop's measure has room, and let what matters more go first.

    News of an order's parcels has a measure of its own: two a day, by the recipient's day.
    """
    if case.step.is_news:
        return _news_enough(case)
    if not is_capped(case.step):
        return case.lines
    said, wanted, bounds = case.facts.turn.said, windows(case.facts.bounds), case.facts.bounds
    told: dict[str, int] = {"per_week": bounds.per_week, "per_month": bounds.per_month, "sent": len(said)}
    room = room_at(said, wanted, case.now)
    if room > case.now:
        return postpone(room, Reason.CAP_REACHED, room_at=room, **told)
    ahead = case.facts.turn.ahead
    taken: tuple[datetime, ...] = (*said, *(case.now for _ in range(ahead)))
    if ahead and room_at(taken, wanted, case.now) > case.now:
        return postpone(case.now + AFTER_OTHERS, Reason.AFTER_OTHERS, ahead=ahead, **told)
    return case.lines


def _news_enough(case: Case) -> Verdict:
    today = case.now.astimezone(case.zone).date()
    said = [at for at in case.facts.follow_up.news_at if at.astimezone(case.zone).date() == today]
    if len(said) < NEWS_A_DAY:
        return case.lines
    until = next_allowed(case.now, at_time(NEXT_DAY_AT), case.zone)
    if until.astimezone(case.zone).date() == today:
        until = next_allowed(until + timedelta(minutes=1), at_time(NEXT_DAY_AT), case.zone)
    return postpone(until, Reason.NEWS_ENOUGH, today=len(said))


def new_words(case: Case) -> Verdict:
    """Skip what says the very same to the same person again; news of another order is another thing."""
    at, days = case.facts.same_sent_at, case.facts.bounds.same_apart_days
    if case.step.is_news or at is None or at <= case.now - timedelta(days=days):
        return case.lines
    return skip(Reason.SAME_CONTENT, said_at=at, days=days)
