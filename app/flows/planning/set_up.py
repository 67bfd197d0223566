"""Give a new shop its flows, paused: nothing is sent before the merchant starts them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.flows.language.forms import flow_json
from app.flows.language.presets import classic_five
from app.flows.models import Flow, FlowState, FlowVersion, ShopLease
from app.kit.clock import business_now
from app.shops.install import ShopInstalled


def shop_installed(session: Session, event: ShopInstalled) -> None:
    """Install the presets. A shop that comes back keeps its flows, paused; what was pending then waits for its end."""
    now = business_now(session)
    session.execute(insert(ShopLease).values(shop_id=event.shop_id).on_conflict_do_nothing())
    known = {
        flow.key: flow for flow in session.scalars(select(Flow).where(Flow.shop_id == event.shop_id).with_for_update())
    }
    for flow in known.values():
        flow.state, flow.paused_at, flow.paused_by, flow.started_at = FlowState.PAUSED, now, "reinstall", None
    for document in classic_five(shopify_sends_shipping_mails=True):
        if document.key in known:
            continue
        flow = Flow(shop_id=event.shop_id, key=document.key, state=FlowState.PAUSED, version=1)
        session.add(flow)
        session.flush()
        session.add(
            FlowVersion(
                shop_id=event.shop_id,
                flow_id=flow.id,
                number=1,
                document=flow_json(document),
                published_at=now,
                published_by="preset",
            ),
        )
    session.flush()
