"""Rules about our side: the shop, the flow, the hour, the mail itself. Pure; rows 1, 2, 15 and 18 of the table."""

from __future__ import annotations

from app.flows.language.steps import StepState
from app.flows.rules.case import Case, Verdict, hold, postpone, skip
from app.flows.rules.decision import ShopState
from app.flows.rules.reasons import Reason
from app.flows.timing.calendar import Closed, hours_of
from app.flows.timing.slots import closed_by, next_allowed

CLOSED = {
    Closed.WINDOW: Reason.OUTSIDE_WINDOW,
    Closed.QUIET: Reason.QUIET_HOURS,
    Closed.BLACKOUT: Reason.BLACKOUT,
    Closed.HOLIDAY: Reason.HOLIDAY,
}


def shop_may_send(case: Case) -> Verdict:
    """Hold while the shop is gone, cut off, not yet approved, or paused as a whole."""
    shop = case.facts.shop
    match shop.state:
        case ShopState.UNINSTALLED:
            return hold(Reason.SHOP_UNINSTALLED, shop_state=shop.state)
        case ShopState.NEEDS_RECONNECTION:
            return hold(Reason.NEEDS_RECONNECTION, shop_state=shop.state)
        case ShopState.AWAITING_DATA_ACCESS:
            return hold(Reason.AWAITING_DATA_ACCESS, shop_state=shop.state)
        case ShopState.RESTORED:
            return hold(Reason.RESTORED, shop_state=shop.state)
        case ShopState.HALTED:
            return hold(Reason.HALTED, shop_state=shop.state)
        case ShopState.ACTIVE:
            pass
    if shop.paused_at is not None:
        return hold(Reason.SHOP_PAUSED, paused_at=shop.paused_at, paused_by=shop.paused_by)
    return case.lines


def flow_is_on(case: Case) -> Verdict:
    """Hold while the flow or the step is switched off: a toggle never drops anything."""
    flow = case.facts.flow
    if not flow.running or flow.paused_at is not None:
        return hold(Reason.FLOW_PAUSED, paused_at=flow.paused_at, paused_by=flow.paused_by)
    if flow.step_state is StepState.PAUSED:
        return hold(Reason.STEP_PAUSED, step_state=flow.step_state)
    if flow.step_state is StepState.LEFT_TO_SHOPIFY:
        return hold(Reason.LEFT_TO_SHOPIFY, step_state=flow.step_state)
    return case.lines


def window_open(case: Case) -> Verdict:
    """Postpone to the next allowed hour: outside the step's own, in the shop's quiet ones, and on days it closes."""
    window, zone, calendar = case.step.window, case.zone, hours_of(case.step, case.facts.calendar)
    closed = closed_by(case.now, window, zone, calendar)
    if closed is None:
        return case.lines
    until = next_allowed(case.now, window, zone, calendar)
    return postpone(until, CLOSED[closed], zone=zone.key, opens_at=until)


def can_be_written(case: Case) -> Verdict:
    """Skip what neither the current template nor the last good one can say."""
    template = case.facts.template
    if template.problem is not None and not template.last_good:
        return skip(Reason.RENDER_ERROR, problem=template.problem)
    return case.lines
