"""What each customer topic means. A body is believed only about a customer this shop is known to have."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.customers import identify
from app.customers.consent import Proof, state_consent
from app.customers.erase import forget_customer
from app.customers.ledger import Source
from app.shopify.payloads import webhook_people
from app.shopify.payloads.people import CustomerFacts, EmailConsentFacts
from app.shopify.webhooks.apply import Delivery, told_at
from app.shopify.webhooks.settle import spend_body


def customer_told(session: Session, delivery: Delivery) -> None:
    """Apply customers/create and update. Only a customer this shop is known to have is changed by a body."""
    facts = webhook_people.customer(delivery.body)
    if not identify.is_known(session, facts.shopify_id):
        return  # unsigned shop header: who is new comes with their first order or the next reconciliation
    row = identify.record_customer(session, facts, seen_at=told_at(session, delivery))
    if row is not None:
        state_customer_consent(session, facts, received_at=delivery.received_at, seen_at=told_at(session, delivery))
    else:
        spend_body(session)


def consent_told(session: Session, delivery: Delivery) -> None:
    """Apply customers_email_marketing_consent/update: what somebody agreed to, or took back, at the shop."""
    change = webhook_people.email_consent(delivery.body)
    row = identify.by_shopify_id(session, change.customer_shopify_id)
    if row is None:
        return  # the same as for any fact about somebody unknown: the record comes with their consent
    if row.erased_at is not None:
        spend_body(session)
        return
    _state(session, row.id, change.consent, Source.SHOPIFY_CONSENT, told_at(session, delivery), delivery.received_at)


def customer_deleted(session: Session, delivery: Delivery) -> None:
    """Apply customers/delete: the merchant removed the person; what we know of them goes too.

    Somebody merged into another customer is gone at the shop as well, and is not forgotten: they live on there.
    """
    shopify_id = webhook_people.deleted_id(delivery.body)
    row = identify.by_shopify_id(session, shopify_id)
    if row is not None and row.merged_into is not None:
        return
    forget_customer(session, shopify_id, at=told_at(session, delivery))


def state_customer_consent(
    session: Session,
    facts: CustomerFacts,
    *,
    received_at: datetime,
    seen_at: datetime,
    source: Source = Source.SHOPIFY_CUSTOMER,
) -> None:
    """Append what the facts of a customer who is known say about consent, where they say anything."""
    row = identify.by_shopify_id(session, facts.shopify_id)
    if facts.consent is not None and row is not None and row.erased_at is None:
        dated = facts.consent.changed_at or facts.created_at or seen_at
        _state(session, row.id, facts.consent, source, dated, received_at)


def _state(
    session: Session,
    customer_id: int,
    consent: EmailConsentFacts,
    source: Source,
    seen_at: datetime,
    received_at: datetime,
) -> None:
    state_consent(
        session,
        customer_id,
        state=consent.state,
        source=source,
        happened_at=consent.changed_at or seen_at,
        received_at=received_at,
        proof=Proof(level=consent.level),
    )
