"""Switch a flow on or off, and delete one that never ran. Off holds what is planned; nothing is dropped by a switch."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.language.checks import not_ready
from app.flows.language.flow import FlowDocument
from app.flows.language.forms import WrongFlow
from app.flows.language.presets import PRESET_FLOWS
from app.flows.models import Flow, FlowState, FlowVersion
from app.flows.planning.by_hand.release import OnResume, Released, release_flow
from app.flows.planning.publishing.save_flow import has_run, lock_flows
from app.kit.clock import business_now
from app.kit.errors import Invalid, NotFound
from app.messages.mail.preset_list import PRESETS


def switch_on(session: Session, key: str, *, by: str) -> Released:
    """Let a flow take in what happens from now on, and let go what it held. Twice is once.

    Raises NotFound, and WrongFlow with what it lacks. A flow that ran before goes on where it stopped; what is over a
    day late is left out.
    """
    lock_flows(session)
    flow, document = _own(session, key)
    lacks = not_ready(document, PRESETS)
    if lacks:
        raise WrongFlow(lacks)
    if flow.state is FlowState.RUNNING and flow.started_at is not None:
        return Released()
    now = business_now(session)
    flow.state, flow.paused_at, flow.paused_by = FlowState.RUNNING, None, None
    if flow.started_at is None:
        flow.started_at = flow.include_from = now
    session.flush()
    return release_flow(session, flow.id, OnResume.DROP_LATE, now, by=by)


def switch_off(session: Session, key: str, *, by: str) -> None:
    """Hold what a flow has planned and will plan. Raises NotFound."""
    lock_flows(session)
    flow, _ = _own(session, key)
    if flow.state is FlowState.RUNNING:
        flow.state, flow.paused_at, flow.paused_by = FlowState.PAUSED, business_now(session), by
        session.flush()


def delete_flow(session: Session, key: str) -> None:
    """Delete a flow that never took anybody in. Raises NotFound, and Invalid for one that did."""
    lock_flows(session)
    flow, document = _own(session, key)
    if has_run(session, flow):
        raise Invalid(f"“{document.name}” has run. Its history stays; switch it off instead.", field="key")
    session.execute(delete(FlowVersion).where(FlowVersion.shop_id == flow.shop_id, FlowVersion.flow_id == flow.id))
    session.execute(delete(Flow).where(Flow.shop_id == flow.shop_id, Flow.id == flow.id))
    session.flush()


def _own(session: Session, key: str) -> tuple[Flow, FlowDocument]:
    """Return one of the merchant's own flows; the presets are started and paused as a whole."""
    found = published.current(session).get(key)
    if found is None or key in PRESET_FLOWS:
        raise NotFound
    return found
