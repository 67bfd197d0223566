"""Customers and their consent by script, and what the law lets them ask for."""

from typing import Any

from flask import Response, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.api import blueprint
from devstore.api.orders import NEW_CUSTOMER
from devstore.api.read import DEFAULT_SHOP, body, needed, only, words
from devstore.state.engine import unit_of_work
from devstore.state.models import Customer, Shop
from devstore.webhooks.payloads.customer import consent_body, customer_body
from devstore.world.customers import create_customer, delete_customer, find_customer, set_consent, update_customer
from devstore.world.find import find_in, find_shop
from devstore.world.merge import merge_customers
from devstore.world.refused import Refused
from devstore.world.shop import redact_customer, redact_shop, request_data, update_shop


@blueprint.get("/customers")
def list_customers() -> Response:
    """List the shop's customers by id, with their consent."""
    with unit_of_work(announce=False) as session:
        shop = _shop(session)
        query = select(Customer).where(Customer.shop_id == shop.id).order_by(Customer.id).limit(1000)
        return jsonify(customers=[_show(one, shop) for one in session.scalars(query)])


@blueprint.post("/customers")
def post_customer() -> tuple[Response, int]:
    """Make a customer."""
    given = body()
    only(given, *NEW_CUSTOMER)
    needed(given, "email")
    with unit_of_work() as session:
        shop = _shop(session)
        return jsonify(_show(create_customer(session, shop, given), shop)), 201


@blueprint.patch("/customers/<key>")
def patch_customer(key: str) -> Response:
    """Change a customer."""
    given = body()
    with unit_of_work() as session:
        shop = _shop(session)
        customer = _customer(session, shop, key)
        update_customer(session, shop, customer, given)
        return jsonify(_show(customer, shop))


@blueprint.delete("/customers/<key>")
def remove_customer(key: str) -> Response:
    """Delete a customer."""
    with unit_of_work() as session:
        shop = _shop(session)
        delete_customer(session, shop, _customer(session, shop, key))
    return jsonify(deleted=True)


@blueprint.post("/customers/<key>/consent")
def post_consent(key: str) -> Response:
    """Note consent: `{"state": "subscribed" | "unsubscribed" | …, "level": …}`."""
    given = body()
    only(given, "state", "level")
    with unit_of_work() as session:
        shop = _shop(session)
        customer = _customer(session, shop, key)
        level = words(given, "level") or "single_opt_in"
        set_consent(session, shop, customer, needed(given, "state"), level=level)
        return jsonify(_show(customer, shop))


@blueprint.post("/customers/<key>/merge")
def post_merge(key: str) -> Response:
    """Merge the customer into another: `{"into": id or address}`; answer with the one who is kept."""
    given = body()
    only(given, "into")
    with unit_of_work() as session:
        shop = _shop(session)
        kept = _customer(session, shop, str(needed(given, "into")))
        merge_customers(session, shop, _customer(session, shop, key), kept)
        return jsonify(_show(kept, shop))


@blueprint.post("/customers/<key>/data-request")
def post_data_request(key: str) -> Response:
    """Send customers/data_request."""
    with unit_of_work() as session:
        shop = _shop(session)
        request_data(session, shop, _customer(session, shop, key))
    return jsonify(sent=True)


@blueprint.post("/customers/<key>/redact")
def post_redact(key: str) -> Response:
    """Send customers/redact."""
    with unit_of_work() as session:
        shop = _shop(session)
        redact_customer(session, shop, _customer(session, shop, key))
    return jsonify(sent=True)


@blueprint.patch("/shops/<handle>")
def patch_shop(handle: str) -> Response:
    """Change the shop's name, addresses, zone, locale, phone or owner."""
    given = body()
    facts = {key: needed(given, key) for key in given}
    with unit_of_work() as session:
        update_shop(session, find_shop(session, handle), facts)
    return jsonify(changed=sorted(facts))


@blueprint.post("/shops/<handle>/redact")
def post_shop_redact(handle: str) -> Response:
    """Send shop/redact."""
    with unit_of_work() as session:
        redact_shop(session, find_shop(session, handle))
    return jsonify(sent=True)


def _shop(session: Session) -> Shop:
    return find_shop(session, request.args.get("shop", DEFAULT_SHOP))


def _customer(session: Session, shop: Shop, key: str) -> Customer:
    """Find a customer by id or address."""
    if key.isdigit() and len(key) < 19:
        return find_in(session, shop, Customer, int(key), "customer")
    found = find_customer(session, shop, key.replace("\0", ""))
    if found is None:
        raise Refused("customer", f"There is no customer {key} in {shop.handle}.")
    return found


def _show(customer: Customer, shop: Shop) -> dict[str, Any]:
    return {
        **customer_body(customer, shop),
        "locale": customer.locale,
        "consent": consent_body(customer, shop)["email_marketing_consent"],
    }
