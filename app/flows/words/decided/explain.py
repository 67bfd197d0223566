"""Tell a recorded decision in words: the verdict, the rules passed, and the one that stopped it with its fact. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.customers.legal_basis import MessageClass
from app.flows.rules.decision import Facts
from app.flows.rules.reason_sentences import sentence
from app.flows.rules.reasons import Reason
from app.flows.rules.recorded import Recorded
from app.flows.words.day_words import clock_words, moment_words, on_day, place_words, your_words
from app.flows.words.decided.passed_words import passed_words
from app.flows.words.decided.told import told, variant
from app.flows.words.people.who_words import who_words

PAUSED_BY = "paused_by"


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
    verdict = _verdict(recorded, facts, person, read_at, reader)
    if recorded.rule is None:
        return Explanation(verdict, tuple(lines))
    looked_at = ", ".join(
        f"{name.replace('_', ' ')}: {_shown(who_words(str(value)) if name == PAUSED_BY else value, reader, read_at)}"
        for name, value in sorted(recorded.looked_at.items())  # the database keeps no order
        if value is not None
    )
    lines.append(RuleLine(recorded.rule, passed=False, words=f"{verdict} ({looked_at})" if looked_at else verdict))
    return Explanation(verdict, tuple(lines))


def verdict_words(recorded: Recorded, person: str, now: datetime, yours: ZoneInfo) -> str:
    """Return the sentence of one evaluation alone."""
    return _verdict(recorded, recorded.read_facts(), person, now, yours)


def _verdict(recorded: Recorded, facts: Facts, person: str, now: datetime, yours: ZoneInfo) -> str:
    if recorded.reason is None or recorded.rule is None:
        return sent_words(facts, recorded.decided_at, person, now, yours)
    return reason_words(Reason(recorded.reason), facts, person, until=_until(recorded), now=now, yours=yours)


def _until(recorded: Recorded) -> datetime | None:
    """Return the instant a decision waits for; of what a holdout keeps back, when it would have gone."""
    would = recorded.looked_at.get("would_send_at")
    return datetime.fromisoformat(str(would)) if would is not None else recorded.until


def reason_words(
    reason: Reason, facts: Facts, person: str, *, until: datetime | None, now: datetime, yours: ZoneInfo | None = None
) -> str:
    """Return the sentence for a reason, filled from the facts, with dates by the reader's clock `yours`.

    The hour it waits for is the recipient's; without `yours` all of it is.
    """
    zone = ZoneInfo(facts.follow_up.zone)
    waits = moment_words(until, zone, now, yours) if until else "later"
    filled = told(reason, facts, person or "the customer", until, now, yours or zone)
    return sentence(reason, filled | {"until": waits}, variant(reason, facts))


def sent_words(facts: Facts, decided_at: datetime, person: str, now: datetime, yours: ZoneInfo) -> str:
    """Return the sentence for a message that was let go, at an hour of the recipient's clock."""
    zone = ZoneInfo(facts.follow_up.zone)
    at = f"{clock_words(decided_at, zone)}{place_words(zone)}{your_words(decided_at, zone, yours, now)}"
    when = f"{on_day(decided_at, zone, now)} at {at}"
    verb = "Asked" if facts.step.message_class is MessageClass.REVIEW_ASK else "Sent to"
    return f"{verb} {person or 'the customer'} {when}: every rule passed."


def _shown(value: object, zone: ZoneInfo, now: datetime) -> str:
    """Return a recorded fact for people: an instant by the reader's clock, anything else as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    try:
        at = datetime.fromisoformat(str(value)) if isinstance(value, str) and "T" in value else None
    except ValueError:
        at = None
    return moment_words(at, zone, now) if at else str(value).replace("_", " ")
