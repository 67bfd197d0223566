"""Small flow documents for tests with a database, and what runs look like afterwards."""

from sqlalchemy import or_, select

from app.flows.language.forms import flow_document
from app.flows.models import Enrollment, Flow, FlowState, FollowUp, FollowUpState
from app.flows.planning.publishing.publish import publish
from app.flows.planning.publishing.save_flow import save_flow
from app.flows.planning.publishing.switch_flow import switch_on


def send(key, **changes):
    return {
        "type": "send", "key": key, "template": "thank_you", "topic": "order", "message_class": "transactional",
        "goal": "The buyer knows.", "anchor": "trigger", "delay_days": 0, "max_age_days": 10,
    } | changes  # fmt: skip


def wait(key, days):
    return {"type": "wait", "key": key, "delay_days": days}


def document(*steps, on="delivered", key="care", **changes):
    trigger = {"on": on} if isinstance(on, str) else on
    return {
        "format": 2, "key": key, "name": "Care", "trigger": trigger, "steps": list(steps) or [send(f"{key}_mail")],
    } | changes  # fmt: skip


def save(merchant, *steps, move=False, **changes):
    with merchant.work() as session:
        return save_flow(session, flow_document(document(*steps, **changes)), by="user:7", move=move)


def keep(merchant, *steps, **changes):
    """Keep a flow as an older program may have published it, unasked."""
    with merchant.work() as session:
        flow = Flow(shop_id=merchant.id, key="care", state=FlowState.PAUSED, version=0)
        session.add(flow)
        session.flush()
        publish(session, flow, flow_document(document(*steps, **changes)), by="user:7", now=merchant.now)


def running(merchant, *steps, **changes):
    """Save a flow and switch it on."""
    save(merchant, *steps, **changes)
    with merchant.work() as session:
        switch_on(session, changes.get("key", "care"), by="user:7")


def runs(merchant, key="care"):
    query = (
        select(Enrollment)
        .join(Flow, (Flow.shop_id == Enrollment.shop_id) & (Flow.id == Enrollment.flow_id))
        .where(Flow.key == key)
        .order_by(Enrollment.id)
    )
    return [run for (run,) in merchant.rows(query)]


def stranded(merchant):
    """Runs with nothing planned, nothing to look at and no end: there must never be one."""
    planned = select(FollowUp.id).where(
        FollowUp.shop_id == Enrollment.shop_id, FollowUp.enrollment_id == Enrollment.id,
        FollowUp.state != FollowUpState.DONE,
    )  # fmt: skip
    over = or_(Enrollment.ended_at.is_not(None), Enrollment.through_at.is_not(None), Enrollment.look_at.is_not(None))
    return merchant.rows(select(Enrollment.id).where(~over, ~planned.exists()))
