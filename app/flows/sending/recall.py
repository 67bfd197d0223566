"""End a follow-up whose message left, or may have, in a time the database has forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.flows.facts.gather import Gathered
from app.flows.facts.gather_lost import Lost
from app.flows.models import FollowUpState
from app.flows.rules.decision import Ruling, Send, Sent, Skip
from app.flows.rules.guard import decide
from app.flows.rules.reasons import Reason
from app.flows.timing.limits import Limits
from app.messages.mail.wording import mail_locale
from app.messages.models import MessageState
from app.messages.remember import Forgotten, remember


def is_lost(one: Gathered, verdict: Ruling) -> bool:
    """Say whether nothing is sent because it may have been, before the database was put back."""
    return one.lost is not None and isinstance(verdict, Skip) and verdict.reason is Reason.ALREADY_SENT


def recall(session: Session, one: Gathered, now: datetime) -> None:
    """Make the message's row, and show the follow-up as what it came to. A person without an address had no mail."""
    found, address = one.lost, one.person.address
    if found is None or address is None:
        return
    row = one.follow_up
    row.message_id = remember(session, _forgotten(one, found, address, now), now)
    if row.message_id is not None:
        row.state, row.outcome, row.reason = FollowUpState.DONE, "handed_over", None


def _spoken_of(one: Gathered, now: datetime) -> Sequence[int]:
    """Return the lines it most likely spoke of: those it would speak of now, had it never been sent."""
    facts = replace(one.facts, follow_up=replace(one.facts.follow_up, sent=Sent.NEVER))
    verdict = decide(facts, Limits(), now)
    return verdict.lines if isinstance(verdict, Send) else [line.order_line_id for line in one.facts.items]


def _forgotten(one: Gathered, found: Lost, address: str, now: datetime) -> Forgotten:
    lines = [("order_line", line) for line in _spoken_of(one, now)] if one.step.about_lines else []
    return Forgotten(
        public_id=found.name,
        state=MessageState.ACCEPTED if found.sent is Sent.ACCEPTED else MessageState.UNKNOWN,
        accepted_at=found.at,
        follow_up_id=one.follow_up.id,
        order_id=one.order.id,
        customer_id=one.order.customer_id,
        step=one.step.key,
        message_class=one.step.message_class,
        recipient=address,
        locale=mail_locale(one.enrollment.frozen.get("locale") or one.order.locale),
        optional=not one.step.is_news,
        items=lines or [(one.enrollment.subject_kind, one.enrollment.subject_id)],
    )
