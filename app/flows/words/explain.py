"""Tell a recorded decision in words: the verdict, the rules passed, and the one that stopped it with its fact. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from app.customers.legal_basis import MessageClass
from app.flows.language.steps import Arrival
from app.flows.rules.decision import Facts, Sent
from app.flows.rules.reasons import Reason, sentence
from app.flows.rules.recorded import Recorded
from app.flows.timing.delays import latest_at
from app.flows.words.country_words import country_words
from app.flows.words.day_words import (
    clock_words,
    date_words,
    day_words,
    moment_words,
    on_day,
    place_words,
    your_words,
)
from app.flows.words.passed_words import passed_words
from app.flows.words.who_words import MAIL_SERVER, who_words

PAUSED_BY = "paused_by"
COUNTRIES = {"DE": "Germany", "AT": "Austria"}  # those the legal table names


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule of the derivation, in words."""

    rule: int
    passed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a follow-up was or was not sent: one sentence, then the derivation in the order the rules ran."""

    verdict: str
    rules: tuple[RuleLine, ...]


def explain(recorded: Recorded, person: str, now: datetime | None = None, yours: ZoneInfo | None = None) -> Explanation:
    """Return the words for one evaluation.

    `person` is how the merchant knows the recipient ("Emi"); an empty one becomes "the customer". `now` is when it is
    read, for "today" and "on Tuesday"; without it the words are those of the moment of the decision. `yours` is the
    reader's clock; without it everything is told by the recipient's.
    """
    facts = recorded.read_facts()
    reader = yours or ZoneInfo(facts.follow_up.zone)
    read_at = now or recorded.decided_at
    lines = [
        RuleLine(rule, passed=True, words=passed_words(rule, facts, recorded.decided_at, reader))
        for rule in recorded.passed
    ]
    if recorded.reason is None or recorded.rule is None:
        return Explanation(sent_words(facts, recorded.decided_at, person, read_at, reader), tuple(lines))
    verdict = reason_words(Reason(recorded.reason), facts, person, until=recorded.until, now=read_at, yours=reader)
    looked_at = ", ".join(
        f"{name.replace('_', ' ')}: {_shown(who_words(str(value)) if name == PAUSED_BY else value, reader, read_at)}"
        for name, value in recorded.looked_at.items()
        if value is not None
    )
    lines.append(RuleLine(recorded.rule, passed=False, words=f"{verdict} ({looked_at})" if looked_at else verdict))
    return Explanation(verdict, tuple(lines))


def reason_words(
    reason: Reason, facts: Facts, person: str, *, until: datetime | None, now: datetime, yours: ZoneInfo | None = None
) -> str:
    """Return the sentence for a reason, filled from the facts, with dates by the reader's clock `yours`.

    The hour it waits for is the recipient's; without `yours` all of it is.
    """
    zone = ZoneInfo(facts.follow_up.zone)
    waits = moment_words(until, zone, now, yours) if until else "later"
    told = _told(reason, facts, person or "the customer", now, yours or zone)
    if reason is Reason.HOLIDAY:
        told |= {"Holiday": _holiday(facts, until, now), "lives_in": country_words(facts.customer.country)}
    return sentence(reason, told | {"until": waits}, _variant(reason, facts))


def sent_words(facts: Facts, decided_at: datetime, person: str, now: datetime, yours: ZoneInfo) -> str:
    """Return the sentence for a message that was let go, at an hour of the recipient's clock."""
    zone = ZoneInfo(facts.follow_up.zone)
    at = f"{clock_words(decided_at, zone)}{place_words(zone)}{your_words(decided_at, zone, yours, now)}"
    when = f"{on_day(decided_at, zone, now)} at {at}"
    verb = "Asked" if facts.step.message_class is MessageClass.REVIEW_ASK else "Sent to"
    return f"{verb} {person or 'the customer'} {when}: every rule passed."


def _variant(reason: Reason, facts: Facts) -> str | None:
    """Choose between sentences where one reason has several."""
    match reason:
        case Reason.SHOP_PAUSED:
            return "refused" if facts.shop.paused_by == MAIL_SERVER else None
        case Reason.FLOW_PAUSED:
            return None if facts.flow.paused_at else "not_started"
        case Reason.ALREADY_SENT:
            every = {facts.follow_up.sent, *(line.sent for line in facts.items)}
            return "unknown" if Sent.UNKNOWN in every and Sent.ACCEPTED not in every else None
        case Reason.MERGED:
            return None if facts.customer.merged else "twice"
        case Reason.NO_BASIS:
            if facts.step.message_class is not MessageClass.REVIEW_ASK:
                return "promotion"
            return None if (facts.customer.country or "").strip().upper() in COUNTRIES else "unknown_country"
        case Reason.NOT_DELIVERED:
            if all(line.shipped_at is None for line in facts.items):
                return "not_shipped"
            if facts.step.arrival is Arrival.KNOWN:
                return "news"
            return None if any(line.tracked for line in facts.items) else "untracked"
        case _:
            return None


def _told(reason: Reason, facts: Facts, person: str, now: datetime, zone: ZoneInfo) -> dict[str, str]:
    """Return everything a sentence may be filled with but the hour it waits for; days are by the clock of `zone`."""
    asked = "asked" if facts.step.message_class is MessageClass.REVIEW_ASK else "sent"
    at = _happened_at(reason, facts)
    latest = [day for line in facts.items if (day := latest_at(facts.step, line.shipped_at)) is not None]
    paused_by = facts.shop.paused_by if reason is Reason.SHOP_PAUSED else facts.flow.paused_by
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
        "latest": date_words(min(latest), zone, now) if latest else "then",
        "country": COUNTRIES.get((facts.customer.country or "").strip().upper(), "this country"),
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
        Reason.TOO_SOON: min(reported, default=None),
        Reason.UNSUBSCRIBED: customer.unsubscribed_at,
    }.get(reason)


def _shown(value: object, zone: ZoneInfo, now: datetime) -> str:
    """Return a recorded fact for people: an instant by the reader's clock, anything else as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    try:
        at = datetime.fromisoformat(str(value)) if isinstance(value, str) and "T" in value else None
    except ValueError:
        at = None
    return moment_words(at, zone, now) if at else str(value).replace("_", " ")
