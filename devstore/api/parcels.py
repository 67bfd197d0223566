"""Parcels by script: ship, track, scan, cancel."""

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from devstore.api import blueprint
from devstore.api.read import DEFAULT_SHOP, body, moment, needed, only, pairs, words
from devstore.state.engine import unit_of_work
from devstore.state.models import Fulfillment, FulfillmentEvent, Order, Shop
from devstore.webhooks.payloads.parcel import event_body, parcel_body
from devstore.world.carrier_event import add_event, delete_event
from devstore.world.find import find_in, find_order, find_shop
from devstore.world.fulfil import Tracking, cancel_parcel, fulfil, set_tracking
from devstore.world.pickup import show_pickup
from devstore.world.whole import whole_order

TRACKING = ("tracking_company", "tracking_number")


@blueprint.post("/orders/<key>/fulfillments")
def post_parcel(key: str) -> tuple[Response, int]:
    """Ship `[{"line", "quantity"}]`, or all that is left; `"tracked": false` sends it without a number."""
    given = body()
    only(given, "lines", "tracked", *TRACKING)
    with unit_of_work() as session:
        order = find_order(session, _shop(session), key)
        parcel = fulfil(
            session,
            order,
            lines=pairs(given, "lines", "line") if "lines" in given else None,
            tracking=_tracking(given) if given.get("tracked", True) is not False else None,
        )
        return _show(session, parcel), 201


@blueprint.post("/fulfillments/<int:number>/tracking")
def post_tracking(number: int) -> Response:
    """Give a parcel its carrier and number."""
    given = body()
    only(given, *TRACKING)
    with unit_of_work() as session:
        parcel = find_in(session, _shop(session), Fulfillment, number, "fulfillment")
        set_tracking(session, parcel, _tracking(given))
        return _show(session, parcel)


@blueprint.post("/fulfillments/<int:number>/cancel")
def post_cancel(number: int) -> Response:
    """Cancel a parcel."""
    with unit_of_work() as session:
        parcel = find_in(session, _shop(session), Fulfillment, number, "fulfillment")
        cancel_parcel(session, parcel)
        return _show(session, parcel)


@blueprint.post("/fulfillments/<int:number>/events")
def post_event(number: int) -> tuple[Response, int]:
    """Add a carrier's scan: `{"status": "delivered", "happened_at": …, "estimated_delivery_at": …, "city": …}`."""
    given = body()
    only(given, "status", "happened_at", "estimated_delivery_at", "city")
    with unit_of_work() as session:
        shop = _shop(session)
        event = add_event(
            session,
            find_in(session, shop, Fulfillment, number, "fulfillment"),
            needed(given, "status"),
            happened_at=moment(given, "happened_at"),
            estimated_delivery_at=moment(given, "estimated_delivery_at"),
            city=words(given, "city"),
        )
        return jsonify(event_body(event, shop)), 201


@blueprint.post("/fulfillments/<int:number>/pickup")
def post_pickup(number: int) -> Response:
    """Show it as `{"status": "ready_for_pickup"}`, `picked_up` or, to take that back, `none`."""
    given = body()
    only(given, "status")
    with unit_of_work() as session:
        parcel = find_in(session, _shop(session), Fulfillment, number, "fulfillment")
        show_pickup(session, parcel, needed(given, "status"))
        return _show(session, parcel)


@blueprint.delete("/events/<int:number>")
def remove_event(number: int) -> Response:
    """Take a scan back."""
    with unit_of_work() as session:
        delete_event(session, find_in(session, _shop(session), FulfillmentEvent, number, "event"))
    return jsonify(deleted=True)


def _shop(session: Session) -> Shop:
    return find_shop(session, request.args.get("shop", DEFAULT_SHOP))


def _tracking(given: dict[str, object]) -> Tracking:
    return Tracking(words(given, "tracking_company") or Tracking.company, words(given, "tracking_number"))


def _show(session: Session, parcel: Fulfillment) -> Response:
    whole = whole_order(session, session.get_one(Order, parcel.order_id))
    one = next(one for one in whole.parcels if one.fulfillment.id == parcel.id)
    return jsonify(parcel_body(one, whole.order, whole.shop, whole.products))
