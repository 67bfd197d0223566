"""Make a document the flow's published version. Old ones are kept for ever; runs stay pinned until they are moved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.experiments import expose
from app.flows.language.flow import FlowDocument, Split, nodes
from app.flows.language.forms import flow_json
from app.flows.models import Flow, FlowVersion


def publish(session: Session, flow: Flow, document: FlowDocument, *, by: str, now: datetime) -> None:
    """Publish a new version, and start the experiments it splits people by."""
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
    for node in nodes(document.steps):
        if isinstance(node, Split):
            shares = {arm.name: arm.share for arm in node.arms}
            expose.start(session, node.experiment, tuple(shares), now, shares)
    session.flush()
