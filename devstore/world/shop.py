"""Change the shop's own settings, and send what the law asks a platform to send."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.state.base import shopify_ids
from devstore.state.models import Customer, Order, Shop
from devstore.webhooks.announce import announce
from devstore.webhooks.payloads.customer import data_request_body, redact_body
from devstore.webhooks.payloads.shop import shop_payload, shop_redact_body
from devstore.world.refused import Refused

CHANGEABLE = ("name", "email", "contact_email", "iana_timezone", "locale", "phone", "owner")


def update_shop(session: Session, shop: Shop, facts: dict[str, str]) -> None:
    """Change the shop's facts and announce shop/update. Raises Refused for a fact that cannot change."""
    for key, value in facts.items():
        if key not in CHANGEABLE:
            raise Refused(key, f"{key} of the shop cannot be changed.")
        setattr(shop, key, value)
    shop.updated_at = store_now(session)
    session.flush()
    announce(session, shop, "shop/update", shop_payload(shop))


def request_data(session: Session, shop: Shop, customer: Customer) -> None:
    """Ask the app, on the customer's behalf, what it knows: customers/data_request."""
    number = session.scalar(shopify_ids.next_value()) or 0
    body = data_request_body(customer, shop, _orders(session, customer), number)
    announce(session, shop, "customers/data_request", body, anyway=True)


def redact_customer(session: Session, shop: Shop, customer: Customer) -> None:
    """Ask the app to forget the customer: customers/redact."""
    announce(session, shop, "customers/redact", redact_body(customer, shop, _orders(session, customer)), anyway=True)


def redact_shop(session: Session, shop: Shop) -> None:
    """Ask the app to forget the shop: shop/redact, which Shopify sends 48 hours after an uninstall."""
    announce(session, shop, "shop/redact", shop_redact_body(shop), anyway=True)


def _orders(session: Session, customer: Customer) -> list[int]:
    query = select(Order.id).where(Order.customer_id == customer.id).order_by(Order.id)
    return list(session.scalars(query))
