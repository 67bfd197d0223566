"""Change a step of a flow: a new immutable version, to which every unfinished run moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.language.fitting import misfits
from app.flows.language.flow import FlowDocument
from app.flows.language.forms import WrongFlow, change_step
from app.flows.language.steps import Step, StepState
from app.flows.models import Flow, FollowUp
from app.flows.planning.by_hand.release import OnResume, release
from app.flows.planning.by_hand.switched_off import OF_SWITCH, off_since
from app.flows.planning.publishing.publish import publish
from app.flows.planning.publishing.shifts import Kind, Shift, move_runs, shifts
from app.kit.clock import business_now
from app.kit.errors import NotFound
from app.kit.work import entered_shop


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of a step does, or did: the step as it becomes and the planned messages it moves."""

    step: Step
    moves: tuple[Shift, ...]
    released: int = 0
    dropped: int = 0


def foresee(session: Session, key: str, changes: Mapping[str, object]) -> Change:
    """Return what a change would do. Changes nothing. Raises WrongFlow and NotFound as save_step does."""
    flow, document = find(session, key)
    changed = _changed(document, key, changes)
    return Change(changed.step(key), _moves(shifts(session, flow, changed, business_now(session))))


def save_step(
    session: Session, key: str, changes: Mapping[str, object], *, by: str, choice: OnResume = OnResume.DROP_LATE
) -> Change:
    """Publish a version with fields of one step replaced, as typed, and move what it moves.

    Where it switches the step on again, `choice` says what becomes of those whose time passed meanwhile. Saving what
    already holds publishes nothing. Raises WrongFlow for what was typed and for a class or topic that does not go with
    the step's mail, NotFound for an unknown step. A step kept with such a one can be switched off, and nothing else.
    """
    flow, document = find(session, key, lock=True)
    changed = _changed(document, key, changes)
    now = business_now(session)
    step = changed.step(key)
    if changed == document:
        return Change(step, ())
    since = off_since(session, flow, key)
    publish(session, flow, changed, by=by, now=now)
    made = _moves(move_runs(session, flow, changed, now))
    if step.state is not StepState.ON or document.step(key).state is StepState.ON:
        return Change(step, made)
    done = release(session, OF_SWITCH, choice, now, which=FollowUp.step == key, since=since, by=by)
    return Change(step, made, released=done.released + done.shifted, dropped=done.left_out)


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


def _changed(document: FlowDocument, key: str, changes: Mapping[str, object]) -> FlowDocument:
    changed = change_step(document, key, changes)
    step, before = changed.step(key), document.step(key)
    only_off = step.state is not StepState.ON and step == replace(before, state=step.state)
    wrong = () if only_off else misfits(step)
    if wrong:
        raise WrongFlow({f"steps.{key}.{each.field}": each.refusal for each in wrong})
    return changed


def _moves(found: Iterable[Shift]) -> tuple[Shift, ...]:
    return tuple(each for each in found if each.kind is Kind.MOVED)
