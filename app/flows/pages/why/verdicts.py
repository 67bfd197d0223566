"""Say in a sentence each why messages wait or were not sent: many at once, for lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, true
from sqlalchemy.orm import Session, aliased

from app.flows.facts.gather import Gathered, gather
from app.flows.facts.people import first_name
from app.flows.models import Decision, FollowUp
from app.flows.rules.reasons import Reason
from app.flows.rules.recorded import Recorded
from app.flows.words.decided.explain import explain, reason_words
from app.kit.clock import business_now
from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.shops.zone import shop_zone


def verdicts(session: Session, rows: Sequence[FollowUp]) -> dict[int, str]:
    """Return the sentence of each follow-up that has a reason, and "" for those without, by its id."""
    ids = [row.id for row in rows if row.reason is not None]
    told = dict.fromkeys((row.id for row in rows), "")
    if not ids:
        return told
    now, last, yours = business_now(session), last_decisions(session, ids), shop_zone(session)
    return told | {
        one.follow_up.id: verdict(one, last.get(one.follow_up.id), now, yours) for one in gather(session, ids)
    }


def verdict(one: Gathered, last: Decision | None, now: datetime, yours: ZoneInfo) -> str:
    """Return the sentence for the reason a follow-up has: from the decision that gave it, else from today's facts.

    `yours` is the merchant's clock.
    """
    row, person = one.follow_up, first_name(one.person.customer, one.order)
    if row.reason is None:
        return ""
    if last is not None and last.reason == row.reason:
        return explain(kept(last), person, now, yours).verdict
    return reason_words(Reason(row.reason), one.facts, person, until=row.postponed_until, now=now, yours=yours)


def last_decisions(session: Session, ids: Sequence[int]) -> dict[int, Decision]:
    """Return the newest decision about each follow-up, by its id."""
    shop_id = entered_shop(session)
    newest = (
        select(Decision)
        .where(Decision.shop_id == shop_id, Decision.follow_up_id == FollowUp.id)
        .order_by(Decision.decided_at.desc(), Decision.id.desc())
        .limit(1)
        .lateral()
    )
    last = aliased(Decision, newest)  # one step into the index each, however often each was decided about
    rows = session.scalars(
        select(last).join_from(FollowUp, newest, true()).where(FollowUp.shop_id == shop_id, among(FollowUp.id, ids))
    )
    return {row.follow_up_id: row for row in rows}


def kept(row: Decision) -> Recorded:
    """Return a stored decision as the words are made from it."""
    return Recorded(row.decided_at, row.outcome, row.rule, row.reason, row.until, row.facts, row.rule_version)
