"""Change a step of a flow: a new immutable version, to which every unfinished run moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.language.flow import FlowDocument
from app.flows.language.forms import change_step, flow_json
from app.flows.language.steps import Step, StepState
from app.flows.models import Flow, FlowVersion
from app.flows.planning.moves import moves, repin
from app.flows.planning.release import OnResume, release
from app.flows.planning.replanned import Move
from app.flows.rules.reasons import Reason
from app.kit.clock import business_now
from app.kit.errors import NotFound
from app.kit.work import entered_shop

OF_SWITCH = (Reason.STEP_PAUSED, Reason.LEFT_TO_SHOPIFY)


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of a step does, or did: the step as it becomes and the planned messages it moves."""

    step: Step
    moves: tuple[Move, ...]
    released: int = 0
    dropped: int = 0


def foresee(session: Session, key: str, changes: Mapping[str, object]) -> Change:
    """Return what a change would do. Changes nothing. Raises WrongFlow and NotFound as save_step does."""
    flow, document = find(session, key)
    step = change_step(document, key, changes).step(key)
    moved = moves(session, flow, step, business_now(session)) if _retimed(document.step(key), step) else []
    return Change(step, tuple(moved))


def save_step(session: Session, key: str, changes: Mapping[str, object], *, by: str) -> Change:
    """Publish a version with fields of one step replaced, as typed, and move what it moves.

    Saving what already holds publishes nothing. Raises WrongFlow for what was typed, NotFound for an unknown step.
    """
    flow, document = find(session, key, lock=True)
    changed = change_step(document, key, changes)
    now = business_now(session)
    step = changed.step(key)
    if changed == document:
        return Change(step, ())
    publish(session, flow, changed, by=by, now=now)
    made = tuple(repin(session, flow, step, now, retimed=_retimed(document.step(key), step)))
    if step.state is not StepState.ON or document.step(key).state is StepState.ON:
        return Change(step, made)
    done = release(session, OF_SWITCH, OnResume.DROP_LATE, now, step=key)
    return Change(step, made, released=done.released, dropped=done.left_out)


def publish(session: Session, flow: Flow, document: FlowDocument, *, by: str, now: datetime) -> None:
    """Make a document the flow's published version. Old ones are kept for ever."""
    newest = session.scalar(
        select(func.max(FlowVersion.number)).where(FlowVersion.shop_id == flow.shop_id, FlowVersion.flow_id == flow.id)
    )
    flow.version = (newest or 0) + 1
    session.add(
        FlowVersion(
            shop_id=flow.shop_id,
            flow_id=flow.id,
            number=flow.version,
            document=flow_json(document),
            published_at=now,
            published_by=by,
        )
    )
    session.flush()


def _retimed(before: Step, after: Step) -> bool:
    return after.is_planned and replace(after, state=before.state, goal=before.goal) != before


def find(session: Session, step: str, *, lock: bool = False) -> tuple[Flow, FlowDocument]:
    """Return the flow that has a step, and its published document; raise NotFound where none has.

    `lock` holds the flow as the hand-off does: whoever commits first is seen by the other.
    """
    if lock:
        session.execute(
            select(Flow.id).where(Flow.shop_id == entered_shop(session)).order_by(Flow.id).with_for_update()
        ).all()
        session.expire_all()
    for flow, document in published.current(session).values():
        if any(each.key == step for each in document.sends):
            return flow, document
    raise NotFound
