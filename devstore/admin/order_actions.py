"""What a merchant does to an order; each is a form, and each is told to the app by webhook."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from flask import abort, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from devstore.admin.frame import blueprint, in_shop
from devstore.admin.orders import find, show_order
from devstore.state.models import Fulfillment, FulfillmentEvent, Order, Return
from devstore.world.cancel import cancel
from devstore.world.carrier_event import add_event, delete_event
from devstore.world.delete_order import delete_order
from devstore.world.fulfil import Tracking, cancel_parcel, fulfil
from devstore.world.pay import pay
from devstore.world.pickup import show_pickup
from devstore.world.refund import refund
from devstore.world.refused import Refused
from devstore.world.returns import move_return, request_return

Action = Callable[[Session, Order], None]
MOST = 1000


@blueprint.post("/<handle>/orders/<int:number>/<action>")
def act_on_order(handle: str, number: int, action: str) -> ResponseReturnValue:
    """Do one thing to an order and show it again; what is refused is said on the order's own page."""
    if action not in ACTIONS:
        abort(404)
    try:
        with in_shop(handle, announce=True) as (session, shop):
            order = find(session, shop, number)
            ACTIONS[action](session, order)
            gone = action == "delete"
    except Refused as fault:
        # The refused action left nothing behind; the page is read afresh.
        with in_shop(handle) as (session, shop):
            return show_order(session, shop, find(session, shop, number), fault)
    return redirect(f"/admin/{handle}/orders" + ("" if gone else f"/{number}"), code=303)


def _fulfil(session: Session, order: Order) -> None:
    number = request.form.get("number", "").strip()[:60]
    company = request.form.get("company", "").strip()[:60]
    tracking = Tracking(company, number or None) if company else None
    fulfil(session, order, lines=_quantities("ship"), tracking=tracking)


def _event(session: Session, order: Order) -> None:
    add_event(session, _parcel(session, order), request.form.get("status", ""), city=_text("city") or None)


def _unevent(session: Session, order: Order) -> None:
    event = session.get(FulfillmentEvent, _whole("event"))
    if event is None or event.order_id != order.id:
        raise Refused("event", "There is no such scan on this order.")
    delete_event(session, event)


def _pickup(session: Session, order: Order) -> None:
    show_pickup(session, _parcel(session, order), request.form.get("status", ""))


def _cancel_parcel(session: Session, order: Order) -> None:
    cancel_parcel(session, _parcel(session, order))


def _refund(session: Session, order: Order) -> None:
    lines = _quantities("refund")
    amount = _amount("amount")
    restock = request.form.get("restock") == "yes"
    if not lines and amount is None:
        raise Refused("lines", "Choose at least one item, or enter an amount.")
    refund(session, order, lines=lines, money_only=amount, restock=restock, note=_text("note") or None)


def _refund_all(session: Session, order: Order) -> None:
    refund(session, order, restock=True)


def _cancel(session: Session, order: Order) -> None:
    cancel(session, order, request.form.get("reason", "customer"))


def _pay(session: Session, order: Order) -> None:
    pay(session, order)


def _delete(session: Session, order: Order) -> None:
    delete_order(session, order)


def _request_return(session: Session, order: Order) -> None:
    reason = request.form.get("reason", "unwanted")
    request_return(session, order, lines=_quantities("back"), reason=reason, note=_text("note"))


def _move_return(session: Session, order: Order) -> None:
    case = session.get(Return, _whole("return"))
    if case is None or case.order_id != order.id:
        raise Refused("return", "There is no such return on this order.")
    move_return(session, case, request.form.get("decision", ""), reason="other")


ACTIONS: dict[str, Action] = {
    "fulfil": _fulfil,
    "event": _event,
    "delete-event": _unevent,
    "pickup": _pickup,
    "cancel-parcel": _cancel_parcel,
    "refund": _refund,
    "refund-all": _refund_all,
    "cancel": _cancel,
    "pay": _pay,
    "delete": _delete,
    "return": _request_return,
    "move-return": _move_return,
}


def _parcel(session: Session, order: Order) -> Fulfillment:
    parcel = session.get(Fulfillment, _whole("parcel"))
    if parcel is None or parcel.order_id != order.id:
        raise Refused("parcel", "There is no such parcel on this order.")
    return parcel


def _quantities(prefix: str) -> list[tuple[int | str, int]]:
    """Return (line id, quantity) for every field `<prefix>-<line id>` above zero."""
    found: list[tuple[int | str, int]] = []
    for name, text in request.form.items():
        kind, _, line = name.partition("-")
        if kind != prefix or not _is_id(line):
            continue
        if not (text.isascii() and text.isdigit()) or len(text) > 4 or int(text) > MOST:
            raise Refused("lines", f"A quantity must be 0 to {MOST}. You entered {text[:20] or 'nothing'}.")
        if int(text):
            found.append((int(line), int(text)))
    return found


def _whole(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if _is_id(text) else 0


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _text(name: str) -> str:
    return request.form.get(name, "").strip()[:500].replace("\0", "")


def _amount(name: str) -> Decimal | None:
    text = _text(name).replace(",", ".")
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 < amount < 10**7:
        raise Refused("amount", f"An amount must be a number above 0. You entered {text[:20]}.")
    return amount.quantize(Decimal("0.01"))
