"""Make a document the flow's published version. Old ones are kept for ever; runs stay pinned until they are moved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.experiments import expose
from app.flows.language.flow import FlowDocument, Split, nodes
from app.flows.language.forms import flow_document, flow_json, step_json
from app.flows.models import Flow, FlowVersion


def publish(session: Session, flow: Flow, document: FlowDocument, *, by: str, now: datetime) -> None:
    """Publish a new version, and start the experiments it splits people by."""
    newest = session.scalars(
        select(FlowVersion)
        .where(FlowVersion.shop_id == flow.shop_id, FlowVersion.flow_id == flow.id)
        .order_by(FlowVersion.number.desc())
        .limit(1)
    ).one_or_none()
    flow.version = (newest.number if newest else 0) + 1
    session.add(
        FlowVersion(
            shop_id=flow.shop_id,
            flow_id=flow.id,
            number=flow.version,
            document=flow_json(document),
            gone=_gone(newest, document),
            published_at=now,
            published_by=by,
        )
    )
    for node in nodes(document.steps):
        if isinstance(node, Split):
            shares = {arm.name: arm.share for arm in node.arms}
            expose.start(session, node.experiment, tuple(shares), now, shares)
    session.flush()


def _gone(before: FlowVersion | None, document: FlowDocument) -> list[dict[str, Any]]:
    """Return the messages that older versions had and this one has not, as they were last."""
    if before is None:
        return []
    kept = {step.key for step in document.sends}
    last = [*before.gone, *(step_json(step) for step in flow_document(before.document).sends)]
    return [each for each in last if each["key"] not in kept]
