"""Make, change and delete a customer, and note what they agree to."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.base import shopify_ids
from devstore.state.models import Customer, Shop
from devstore.webhooks.announce import announce
from devstore.webhooks.payloads.customer import consent_body, customer_body, customer_gone
from devstore.world.refused import Refused

CONSENTS = ("subscribed", "not_subscribed", "unsubscribed", "pending")
CHANGEABLE = ("email", "first_name", "last_name", "phone", "locale", "note", "tags")


def find_customer(session: Session, shop: Shop, email: str) -> Customer | None:
    """Return the shop's customer with this address, whatever its letters' case."""
    query = select(Customer).where(Customer.shop_id == shop.id, func.lower(Customer.email) == email.lower())
    return session.scalar(query.order_by(Customer.id).limit(1))


def create_customer(session: Session, shop: Shop, facts: dict[str, Any]) -> Customer:
    """Make a customer from email, first_name, last_name, phone, locale, address, consent; tell customers/create.

    Raises Refused when the address is taken or consent is none of Shopify's states.
    """
    email = facts.get("email")
    if email and find_customer(session, shop, email):
        raise Refused("email", f"{email} is a customer already.")
    now = store_now(session)
    customer = Customer(
        shop_id=shop.id,
        email=email,
        first_name=facts.get("first_name"),
        last_name=facts.get("last_name"),
        phone=facts.get("phone"),
        locale=facts.get("locale") or shop.locale,
        note=facts.get("note"),
        tags=facts.get("tags") or [],
        address=_with_id(session, facts.get("address"), facts),
        created_at=now,
        updated_at=now,
    )
    consent = facts.get("consent") or "not_subscribed"
    if consent not in CONSENTS:
        raise Refused("consent", f"Consent must be one of {', '.join(CONSENTS)}.")
    if consent != "not_subscribed":
        customer.email_consent = consent
        customer.email_consent_level = "single_opt_in"
        customer.email_consent_at = now
    session.add(customer)
    session.flush()
    announce(session, shop, "customers/create", customer_body(customer, shop))
    return customer


def update_customer(session: Session, shop: Shop, customer: Customer, facts: dict[str, Any]) -> None:
    """Change the given facts and tell customers/update. Raises Refused for a field that cannot change."""
    for key, value in facts.items():
        if key == "address":
            customer.address = _with_id(session, value, facts)
        elif key in CHANGEABLE:
            setattr(customer, key, value)
        else:
            raise Refused(key, f"{key} of a customer cannot be changed.")
    customer.updated_at = store_now(session)
    session.flush()
    announce(session, shop, "customers/update", customer_body(customer, shop))


def set_consent(
    session: Session,
    shop: Shop,
    customer: Customer,
    state: str,
    *,
    level: str = "single_opt_in",
    at: datetime | None = None,
) -> None:
    """Note the customer's e-mail consent, given `at` or now; tell the consent topic and customers/update.

    Raises Refused for an unknown state or a customer without an address.
    """
    if state not in CONSENTS:
        raise Refused("consent", f"Consent must be one of {', '.join(CONSENTS)}.")
    if not customer.email:
        raise Refused("customer", "A customer without an address cannot agree to e-mail.")
    now = store_now(session)
    customer.email_consent, customer.email_consent_level, customer.email_consent_at = state, level, at or now
    customer.updated_at = now
    session.flush()
    announce(session, shop, "customers_email_marketing_consent/update", consent_body(customer, shop))
    announce(session, shop, "customers/update", customer_body(customer, shop))


def delete_customer(session: Session, shop: Shop, customer: Customer) -> None:
    """Delete the customer; their orders stay, without them. Tells customers/delete."""
    body = customer_gone(customer)
    session.delete(customer)
    session.flush()
    announce(session, shop, "customers/delete", body)


def _with_id(session: Session, address: dict[str, Any] | None, names: dict[str, Any]) -> dict[str, Any] | None:
    """Give a new address its own id, and the person's names where it has none."""
    if not address:
        return None
    return {
        "id": session.scalar(shopify_ids.next_value()),
        "first_name": names.get("first_name"),
        "last_name": names.get("last_name"),
        **address,
    }
