"""What each customer topic means."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.customers import identify
from app.customers.consent import state_consent
from app.customers.erase import forget_customer
from app.shopify.apply import Delivery, spend_body, told_at
from app.shopify.payloads import webhook_people
from app.shopify.payloads.people import CustomerFacts


def customer_told(session: Session, delivery: Delivery) -> None:
    """Apply customers/create and update. Only a customer this shop is known to have is changed by a body."""
    facts = webhook_people.customer(delivery.body)
    if not identify.is_known(session, facts.shopify_id):
        return  # unsigned shop header: who is new comes with their first order or the next reconciliation
    row = identify.record_customer(session, facts, seen_at=told_at(session, delivery))
    if row is not None:
        state_customer_consent(
            session, row.id, facts, received_at=delivery.received_at, seen_at=told_at(session, delivery)
        )
    else:
        spend_body(session)


def customer_deleted(session: Session, delivery: Delivery) -> None:
    """Apply customers/delete: the merchant removed the person; what we know of them goes too."""
    forget_customer(session, webhook_people.deleted_id(delivery.body), at=told_at(session, delivery))


def state_customer_consent(
    session: Session, customer_id: int, facts: CustomerFacts, *, received_at: datetime, seen_at: datetime
) -> None:
    """Append what a customer's facts say about consent, where they say anything."""
    if facts.consent is not None:
        state_consent(
            session,
            customer_id,
            state=facts.consent.state,
            source="shopify_customer",
            happened_at=facts.consent.changed_at or facts.created_at or seen_at,
            received_at=received_at,
        )
