"""Save a whole flow document: a new flow, switched off, or a new version of one; runs move only where that is asked."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.language.checks import not_allowed, not_ready
from app.flows.language.flow import FlowDocument
from app.flows.language.forms import WrongFlow
from app.flows.language.looking_back import LOOK_BACK
from app.flows.language.presets import PRESET_FLOWS
from app.flows.models import Enrollment, Flow, FlowState
from app.flows.planning.publishing.publish import publish
from app.flows.planning.publishing.shifts import Shift, move_runs, shifts
from app.kit.clock import business_now
from app.kit.work import entered_shop
from app.messages.mail.preset_list import PRESETS


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving a document does, or did: nothing where it holds already. `shifts` where runs are moved."""

    document: FlowDocument
    is_new: bool
    changes: bool
    shifts: tuple[Shift, ...] = ()


def foresee_flow(session: Session, document: FlowDocument) -> Saved:
    """Return what saving would do, and what moving its runs along would. Changes nothing. Raises WrongFlow."""
    flow, before = published.current(session).get(document.key, (None, None))
    _refuse(session, flow, before, document)
    if flow is None or document == before:
        return Saved(document, is_new=flow is None, changes=flow is None)
    return Saved(document, False, True, tuple(shifts(session, flow, document, business_now(session))))


def save_flow(session: Session, document: FlowDocument, *, by: str, move: bool) -> Saved:
    """Publish a document; what already holds publishes nothing. Raises WrongFlow.

    `move` brings the running enrollments along, by the same computation that `foresee_flow` shows; without it they
    finish with the version they began with.
    """
    lock_flows(session)
    flow, before = published.current(session).get(document.key, (None, None))
    _refuse(session, flow, before, document)
    now = business_now(session)
    if flow is None:
        flow = Flow(shop_id=entered_shop(session), key=document.key, state=FlowState.PAUSED, version=0)
        session.add(flow)
        session.flush()
        publish(session, flow, document, by=by, now=now)
        return Saved(document, is_new=True, changes=True)
    if document == before:
        return Saved(document, is_new=False, changes=False)
    publish(session, flow, document, by=by, now=now)
    return Saved(document, False, True, tuple(move_runs(session, flow, document, now)) if move else ())


def lock_flows(session: Session) -> None:
    """Hold the shop's flows as the hand-off does: whoever commits first is seen by the other."""
    session.execute(
        select(Flow.id).where(Flow.shop_id == entered_shop(session)).order_by(Flow.id).with_for_update()
    ).all()
    session.expire_all()


def _refuse(session: Session, flow: Flow | None, before: FlowDocument | None, document: FlowDocument) -> None:
    """Refuse keys that another flow has, and another subject for a flow that has run."""
    errors = _unfit(flow, document)
    if document.key == LOOK_BACK and document != before:
        errors["key"] = f"The key {LOOK_BACK} is kept for the question about past orders. Choose another."
    for key, (_, other) in published.current(session).items():
        for step in shared_messages(document, other) if key != document.key else ():
            errors[f"steps.{step}.key"] = f"The flow “{other.name}” has a message of this key. Choose another."
    if flow is not None and before is not None and before.subject is not document.subject and has_run(session, flow):
        errors["trigger.on"] = f"Runs of this flow are about one {before.subject}. Make another flow for this trigger."
    if errors:
        raise WrongFlow(errors)


def shared_messages(one: FlowDocument, other: FlowDocument) -> list[str]:
    """Return the keys of messages that two flows both have. A message's page goes by its key alone; a wait has none."""
    theirs = {step.key for step in other.sends}
    return [step.key for step in one.sends if step.key in theirs]


def _unfit(flow: Flow | None, document: FlowDocument) -> dict[str, str]:
    """Return why it may not be published: one that was started, or starts with the shop, must be ready to send too."""
    sends = document.key in PRESET_FLOWS or (flow is not None and flow.started_at is not None)
    return not_ready(document, PRESETS) if sends else not_allowed(document, PRESETS)


def has_run(session: Session, flow: Flow) -> bool:
    """Tell whether a flow ever took anybody in."""
    run = select(Enrollment.id).where(Enrollment.shop_id == flow.shop_id, Enrollment.flow_id == flow.id)
    return session.scalar(run.limit(1)) is not None
