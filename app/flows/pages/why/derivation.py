"""Derive one follow-up whole: the verdict, why it was planned when it was, what would happen now, and what was before.

The page shows it in place, `flask why` prints it, support gets it as text: the same words each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.flows.facts.gather import Gathered, gather
from app.flows.models import Did, FollowUpState
from app.flows.pages.why.deeds import deeds
from app.flows.pages.why.entered import InFlow, entered
from app.flows.pages.why.looked import Finding, findings
from app.flows.pages.why.verdicts import kept
from app.flows.pages.why.why import Why, answer, beside
from app.flows.planning.by_hand.again import way_back
from app.flows.rules.decision import Send
from app.flows.rules.guard import RULE_VERSION, decide
from app.flows.rules.recorded import recorded
from app.flows.timing.limits import Limits
from app.flows.words.decided.deed_words import deed_words
from app.flows.words.decided.explain import Explanation, explain, verdict_words
from app.flows.words.decided.plan_words import plan_words
from app.flows.words.described.step_words import step_name
from app.kit.clock import business_now
from app.kit.errors import NotFound
from app.shops.zone import shop_zone

EARLIER = 11  # findings told of one message: the one that holds and ten before
EARLIER_OF_MANY = 3  # and of each of several


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, the last time it was (UTC), how many times in a row for the same reason, and since when."""

    at: datetime
    words: str
    times: int = 1
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Derivation:
    """Everything there is to say about one follow-up. `planned` and `if_now` are empty once it has ended.

    `by_hand` is what somebody at the shop decided about it, the first first.
    `zone` is the merchant's clock; `decided_at` is UTC, None where nothing was decided yet.
    """

    follow_up_id: int
    step: str
    order: str
    why: Why
    planned: tuple[str, ...]
    if_now: Explanation | None
    earlier: tuple[Looked, ...]
    by_hand: tuple[str, ...]
    zone: ZoneInfo
    now: datetime
    decided_at: datetime | None
    rule_version: int
    flows: tuple[InFlow, ...] = ()
    way_back: Did | None = None  # what may be done by hand about it, now that it has ended


def derive(session: Session, follow_up_id: int) -> Derivation:
    """Return the derivation of one follow-up of the entered shop with its order's flows; raise NotFound for others."""
    found = gather(session, [follow_up_id])
    if not found:
        raise NotFound
    (told,) = _derive_all(session, found)
    order = found[0].order
    return replace(told, flows=tuple(entered(session, [order])[order.id]))


def derive_all(session: Session, follow_up_ids: Sequence[int]) -> list[Derivation]:
    """Return the derivations of these follow-ups, by due time. What is asked of the database is asked once for all."""
    return _derive_all(session, gather(session, follow_up_ids))


def _derive_all(session: Session, found: Sequence[Gathered]) -> list[Derivation]:
    ids = [one.follow_up.id for one in found]
    looked = findings(session, ids, EARLIER if len(ids) == 1 else EARLIER_OF_MANY)
    became, now, zone = beside(session, ids), business_now(session), shop_zone(session)
    decided = deeds(session, ids)
    told = []
    for one in found:
        mine = looked.get(one.follow_up.id, [])
        why = answer(session, one, mine[0].last if mine else None, became)
        by_hand = [deed_words(each.kind, each.done_by, each.done_at, zone, now) for each in decided[one.follow_up.id]]
        back = way_back(one.follow_up, became.states.get(one.follow_up.id))
        told.append(replace(_derive(one, why, mine, zone, now), by_hand=tuple(by_hand), way_back=back))
    return told


def _derive(one: Gathered, why: Why, mine: Sequence[Finding], zone: ZoneInfo, now: datetime) -> Derivation:
    open_still = one.follow_up.state is not FollowUpState.DONE
    last = mine[0].last if mine else None
    return Derivation(
        follow_up_id=one.follow_up.id,
        step=step_name(one.follow_up.step),
        order=one.order.name,
        why=why,
        planned=plan_words(one.facts, now, zone) if open_still else (),
        if_now=_if_now(one, why.person, zone, now) if open_still else None,
        earlier=tuple(
            Looked(each.last.decided_at, verdict_words(kept(each.last), why.person, now, zone), each.times, each.since)
            for each in mine
        ),
        by_hand=(),
        zone=zone,
        now=now,
        decided_at=last.decided_at if last else None,
        rule_version=last.rule_version if last else RULE_VERSION,
    )


def _if_now(one: Gathered, person: str, yours: ZoneInfo, now: datetime) -> Explanation:
    """Return what would be decided if it were due at this instant."""
    verdict = decide(one.facts, Limits(), now)
    told = explain(recorded(verdict, one.facts, now), person, now, yours)
    if isinstance(verdict, Send):
        return Explanation("It would go out: every rule passes.", told.rules)
    return told
