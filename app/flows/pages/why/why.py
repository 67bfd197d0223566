"""Answer "why?" for one follow-up: the decision that holds, or the one that would be made when it is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.facts.gather import Gathered, gather
from app.flows.facts.people import first_name
from app.flows.models import Decision, FollowUp, FollowUpState
from app.flows.pages.why.last_try import last_tries
from app.flows.pages.why.verdicts import kept, last_decisions
from app.flows.rules.decision import Send
from app.flows.rules.guard import decide
from app.flows.rules.reasons import Reason
from app.flows.rules.recorded import recorded
from app.flows.timing.limits import Limits
from app.flows.words.decided.explain import Explanation, explain, reason_words
from app.flows.words.decided.outcome_words import LEFT_BEFORE, outcome_words
from app.flows.words.described.step_words import reason_to_go, when_words
from app.kit.clock import business_now
from app.kit.errors import NotFound
from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.messages.models import Message, MessageState
from app.shops.zone import shop_zone

BY_HAND = frozenset(
    {Reason.SKIPPED_BY_MERCHANT, Reason.DROPPED_ON_RESUME, Reason.BEFORE_START, Reason.REJECTED, Reason.STALE}
    | {Reason.LEFT_TO_SHOPIFY, Reason.ERASED, Reason.ALREADY_SENT}
    | {Reason.EXITED, Reason.GOAL_REACHED, Reason.STEP_GONE, Reason.ADDED_LATER}
)  # ends that come without a decision of the table, or after it


@dataclass(frozen=True, slots=True)
class Why:
    """The answer: a verdict sentence with its derivation, and whether it tells what was or what would be."""

    person: str
    step: str
    explanation: Explanation
    happened: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What became of the messages of some follow-ups, by follow-up: the state, and how the last try ended."""

    states: Mapping[int, MessageState] = field(default_factory=dict)
    tried: Mapping[int, str] = field(default_factory=dict)


def beside(session: Session, ids: Sequence[int]) -> Beside:
    """Return it for follow-ups of the entered shop."""
    rows = session.execute(
        select(FollowUp.id, Message.state)
        .join(Message, (Message.shop_id == FollowUp.shop_id) & (Message.follow_up_id == FollowUp.id))
        .where(FollowUp.shop_id == entered_shop(session), among(FollowUp.id, ids))
    )
    return Beside({row.id: row.state for row in rows}, last_tries(session, ids))


def why(session: Session, follow_up_id: int) -> Why:
    """Return the answer for one follow-up of the entered shop; raise NotFound for any other id."""
    shop_id = entered_shop(session)
    known = session.scalars(select(FollowUp).where(FollowUp.shop_id == shop_id, FollowUp.id == follow_up_id))
    row = known.one_or_none()
    if row is None:
        raise NotFound
    (one,) = gather(session, [row.id])
    return answer(session, one, last_decisions(session, [row.id]).get(row.id), beside(session, [row.id]))


def answer(session: Session, one: Gathered, last: Decision | None, became: Beside) -> Why:
    """Return the answer for a follow-up at hand; `last` is the newest decision about it."""
    row, now, yours = one.follow_up, business_now(session), shop_zone(session)
    person = first_name(one.person.customer, one.order)
    if row.state is FollowUpState.DONE:
        return Why(person, row.step, _ended(one, last, became, person, now, yours), happened=True)
    if last is not None and row.reason == last.reason and last.outcome in {"hold", "postpone"}:
        return Why(person, row.step, explain(kept(last), person, now, yours), happened=True)
    return Why(person, row.step, _foreseen(one, became, person, now, yours), happened=False)


def _ended(
    one: Gathered, last: Decision | None, became: Beside, person: str, now: datetime, yours: ZoneInfo
) -> Explanation:
    """Tell an end: as decided, or where it ended otherwise (by hand, by the mail server), that."""
    row = one.follow_up
    told = explain(kept(last), person, now, yours) if last is not None else Explanation("", ())
    if row.outcome == "handed_over" and row.reason is None:
        state = became.states.get(row.id)
        after = outcome_words(state) if state is not None else ""
        return replace(told, verdict=f"{told.verdict} {after}".strip())
    reason = Reason(row.reason) if row.reason else None
    if reason is not None and (last is None or last.reason != reason):
        rules = told.rules if reason in BY_HAND else ()
        verdict = reason_words(reason, one.facts, person, until=None, now=now, yours=yours)
        if reason is Reason.REJECTED and became.states.get(row.id) is MessageState.UNKNOWN:
            verdict = f"{verdict} {LEFT_BEFORE}"
        return Explanation(verdict, rules)
    return told


def _foreseen(one: Gathered, became: Beside, person: str, now: datetime, yours: ZoneInfo) -> Explanation:
    """Tell what would be decided at the due time if nothing changed until then."""
    at = max(now, one.facts.follow_up.due_at)
    verdict = decide(one.facts, Limits(), at)
    told = explain(recorded(verdict, one.facts, at), person, now, yours)
    if not isinstance(verdict, Send):
        return replace(told, verdict=f"As things stand: {told.verdict}")
    when = when_words(one.facts, now, yours)
    tried = became.tried.get(one.follow_up.id, "")
    verdict_words = f"Goes to {person} {when}. {reason_to_go(one.facts, now, yours)} {tried}"
    return replace(told, verdict=verdict_words.strip())
