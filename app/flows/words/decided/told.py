"""Choose and fill the sentence of a reason from the facts of a decision. Pure, English."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from app.customers.legal_basis import MessageClass, known_country
from app.customers.policy.judge import row_for
from app.flows.language.fitting import misfits
from app.flows.language.steps import Arrival
from app.flows.rules.decision import Facts, Sent
from app.flows.rules.reasons import Reason
from app.flows.timing.delays import latest_at
from app.flows.words.count_words import counted
from app.flows.words.country_words import country_words
from app.flows.words.day_words import date_words, day_words, on_day
from app.flows.words.decided.arrival_words import should_have_words
from app.flows.words.people.who_words import CIRCUIT, MAIL_SERVER, who_words

OFTEN: Final = {1: "a day", 7: "a week", 30: "a month"}
CAPPED: Final = frozenset({Reason.CAP_REACHED.value, Reason.AFTER_OTHERS.value})


def variant(reason: Reason, facts: Facts) -> str | None:
    """Choose between sentences where one reason has several."""
    choose = VARIANTS.get(reason)
    return choose(facts) if choose is not None else None


def _shop_paused(facts: Facts) -> str | None:
    return {MAIL_SERVER: "refused", CIRCUIT: "unusual"}.get(facts.shop.paused_by or "")


def _flow_paused(facts: Facts) -> str | None:
    return None if facts.flow.paused_at else "not_started"


def _already_sent(facts: Facts) -> str | None:
    if facts.follow_up.waited_for == Reason.TOGETHER:
        return "together"
    every = {facts.follow_up.sent, *(line.sent for line in facts.items)}
    return "unknown" if Sent.UNKNOWN in every and Sent.ACCEPTED not in every else None


def _stale(facts: Facts) -> str | None:
    return "cap" if facts.follow_up.waited_for in CAPPED else None


def _overtaken(facts: Facts) -> str | None:
    return None if any(line.reported_at for line in facts.items) else "moved_on"


def _no_basis(facts: Facts) -> str | None:
    if misfits(facts.step):
        return "misfit"
    if facts.step.message_class is not MessageClass.REVIEW_ASK:
        return "promotion"
    if known_country(facts.customer.country) is None:
        return "unknown_country"
    return "expired" if _ended(facts) else None


def _merged(facts: Facts) -> str | None:
    return None if facts.customer.merged else "twice"


def _not_delivered(facts: Facts) -> str | None:
    if all(line.shipped_at is None for line in facts.items):
        return "not_shipped"
    if facts.step.arrival is Arrival.KNOWN:
        return "news"
    if not any(line.tracked for line in facts.items):
        return "untracked"  # before any estimate: that nobody can see it arrive is what a merchant wants to know
    return "inferred" if any(facts.inferred(line) for line in facts.items) else None


VARIANTS: Final[Mapping[Reason, Callable[[Facts], str | None]]] = {
    Reason.SHOP_PAUSED: _shop_paused,
    Reason.FLOW_PAUSED: _flow_paused,
    Reason.ALREADY_SENT: _already_sent,
    Reason.STALE: _stale,
    Reason.OVERTAKEN: _overtaken,
    Reason.MERGED: _merged,
    Reason.NO_BASIS: _no_basis,
    Reason.NOT_DELIVERED: _not_delivered,
}


def told(
    reason: Reason, facts: Facts, person: str, until: datetime | None, now: datetime, zone: ZoneInfo
) -> dict[str, str]:
    """Return everything a sentence may be filled with but the hour it waits for; days are by the clock of `zone`."""
    asked = "asked" if facts.step.message_class is MessageClass.REVIEW_ASK else "sent"
    at = _happened_at(reason, facts)
    latest = [day for line in facts.items if (day := latest_at(facts.step, line.shipped_at)) is not None]
    likely = [found for line in facts.items if (found := facts.inferred(line)) is not None]
    pausing = {Reason.SHOP_PAUSED: facts.shop.paused_by, Reason.PAUSED_BY_PERSON: facts.customer.paused_by}
    paused_by = pausing.get(reason, facts.flow.paused_by)
    on = on_day(at, zone, now) if at else "earlier"
    words = facts.customer.stopped_words
    return {
        "person": person,
        "order": facts.order.name,
        "asked": asked,
        "Asked": asked.capitalize(),
        "on": on,
        "maybe_on": f" {on}" if at else "",
        "by": f" by {who_words(paused_by)}" if paused_by else "",
        "said": f": “{facts.shop.paused_words}”" if facts.shop.paused_words else "",
        "expires": date_words(facts.follow_up.expires_at, zone, now),
        "should": should_have_words(likely[0], zone, now) if likely else "is still on its way",
        "latest": date_words(min(latest), zone, now) if latest else "then",
        "Holiday": _holiday(facts, until, now),
        "lives_in": country_words(facts.customer.country),
        "law": row_for(facts.step.message_class, facts.customer.country).why.rstrip("."),
        "ended": date_words(ended, zone, now) if (ended := _ended(facts)) else "earlier",
        "misfit": next((each.fact for each in misfits(facts.step)), ""),
        "tag": facts.order.excluded_tag or "",
        "every": _every(facts),
        "percent": str(facts.holdout.percent) if facts.holdout else "few",
        "cap": f"{facts.bounds.per_week} in 7 days, {facts.bounds.per_month} in 30",
        "months": counted(facts.bounds.asks_apart_months, "month"),
        "days": counted(facts.bounds.same_apart_days, "day"),
        "words": f" (“{words}”)" if words else "",
        "profile": " and ".join(facts.profile.against) or "its conditions do not hold",
        "problem": facts.template.problem or "a field was missing",
    }


def _holiday(facts: Facts, until: datetime | None, now: datetime) -> str:
    """Return the last holiday before the wait ends, as a day where the recipient lives."""
    zone = ZoneInfo(facts.follow_up.zone)
    ends = until.astimezone(zone).date() if until else None
    days = [day for day in facts.calendar.holidays if ends is None or day < ends]
    if not days:
        return "The day before"
    words = day_words(datetime.combine(max(days), time(12), zone), zone, now)
    return words[0].upper() + words[1:]


def _happened_at(reason: Reason, facts: Facts) -> datetime | None:
    """Return the instant of the fact behind a reason."""
    order, customer = facts.order, facts.customer
    reported = [line.reported_at for line in facts.items if line.reported_at is not None]
    return {
        Reason.SHOP_PAUSED: facts.shop.paused_at,
        Reason.FLOW_PAUSED: facts.flow.paused_at,
        Reason.ORDER_CANCELLED: order.cancelled_at,
        Reason.ORDER_FRAUD: order.cancelled_at,
        Reason.ORDER_DELETED: order.deleted_at,
        Reason.ORDER_REFUNDED: order.refunded_at,
        Reason.ITEMS_REFUNDED: order.refunded_at,
        Reason.OVERTAKEN: min(reported, default=None),
        Reason.ALREADY_REORDERED: max((line.reordered_at for line in facts.items if line.reordered_at), default=None),
        Reason.ASKED_LATELY: max((line.asked_at for line in facts.items if line.asked_at), default=None),
        Reason.SAME_CONTENT: facts.same_sent_at,
        Reason.TOO_SOON: min(reported, default=None),
        Reason.UNSUBSCRIBED: customer.unsubscribed_at,
    }.get(reason)


def _ended(facts: Facts) -> datetime | None:
    """Return when a purchase stopped standing for consent; None where no law counts from one."""
    row = row_for(facts.step.message_class, facts.customer.country)
    bought_at = max((at for at in (facts.customer.bought_at, facts.order.placed_at) if at is not None), default=None)
    return bought_at + row.lasts if row.lasts is not None and bought_at is not None else None


def _every(facts: Facts) -> str:
    """Return "a week", "a month" or "in 10 days": how often the person wants to hear something."""
    days = facts.customer.at_most_every.days if facts.customer.at_most_every else 0
    return OFTEN.get(days, f"in {counted(days, 'day')}")
