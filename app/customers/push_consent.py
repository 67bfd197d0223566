"""Tell Shopify that somebody unsubscribed here, where the merchant lets us and Shopify has granted the access.

Only ever that somebody stopped: nobody is subscribed by us. What somebody said at Shopify since holds there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.consent import standing
from app.customers.ledger import UNSUBSCRIBED, Source, Statement
from app.customers.models import ConsentEntry, Customer
from app.customers.topics import state_customer_consent
from app.kit import fault
from app.kit.clock import business_now, real_now
from app.kit.work import entered_shop, unit_of_work
from app.shopify.asking import fetch, outgoing
from app.shopify.asking.admin import AdminClient
from app.shopify.asking.outgoing import NotNow
from app.shopify.payloads.people import CustomerFacts
from app.shops import settings
from app.shops.granted import granted_scopes
from app.shops.settings import Section
from app.shops.topics import ScopesChanged

SCOPE: Final = "write_customers"
CALL: Final = "email_consent"
OURS: Final = (Source.OUR_LINK, Source.PREFERENCES)


@dataclass(frozen=True, slots=True)
class TellShopify(Section):
    """Say whether an unsubscribe here is also written into the customer's record at Shopify."""

    SECTION: ClassVar[str] = "tell_shopify"

    allowed: bool = False


def push_unsubscribe(session: Session, customer: Customer) -> None:
    """Ask for the call that tells Shopify; one that waits is not doubled. A guest has no record to write to."""
    if customer.shopify_id is not None and settings.load(session, TellShopify).allowed:
        key = f"{CALL}:{customer.shopify_id}"
        outgoing.request(session, key, CALL, {"customer": customer.shopify_id})


def let_push(session: Session, *, allowed: bool, by: str) -> None:
    """Keep the merchant's choice; where it allows, everybody who unsubscribed here before is told of too."""
    before = settings.load(session, TellShopify)
    if before.allowed is not allowed:
        settings.save(session, replace(before, allowed=allowed), by=by)
        if allowed:
            _push_all(session)


def scopes_changed(session: Session, event: ScopesChanged) -> None:
    """Write what could not be written before the access was there."""
    if SCOPE in granted_scopes(session):
        _push_all(session)


def write_unsubscribe(session: Session, client: AdminClient, payload: dict[str, Any]) -> None:
    """Write that the customer `payload["customer"]` (Shopify's id) unsubscribed, where that still holds.

    What Shopify says is kept first: it may say so already (then a reply was lost), or something said there since.
    Raises NotNow where it may not be written, an AdminFault when Shopify does not answer or not take it.
    """
    shopify_id = int(payload["customer"])
    if not settings.load(session, TellShopify).allowed:
        raise NotNow("The merchant does not let us write to customers.")
    if SCOPE not in granted_scopes(session):
        raise NotNow(f"The scope {SCOPE} is not granted.")
    facts = fetch.customer(client, shopify_id)
    if facts is None or facts.consent is None:
        return  # gone, merged into somebody who is told of by themselves, or without an address to stop
    said = _kept_first(session, facts)
    if said is None or said.state != UNSUBSCRIBED or facts.consent.state == UNSUBSCRIBED:
        return
    fault.point("O2")
    consent = {"marketingState": "UNSUBSCRIBED", "consentUpdatedAt": _dated(said)}
    customer = f"gid://shopify/Customer/{shopify_id}"
    client.change("email_consent_update", input={"customerId": customer, "emailMarketingConsent": consent})


def _kept_first(session: Session, facts: CustomerFacts) -> Statement | None:
    """Keep what Shopify says, apart from the call, so that nobody waits for it; return what holds then."""
    with unit_of_work(session.info["runtime"], shop_id=entered_shop(session)) as apart:
        state_customer_consent(apart, facts, received_at=real_now(), seen_at=business_now(apart))
        known = select(Customer.id).where(
            Customer.shop_id == entered_shop(apart),
            Customer.shopify_id == facts.shopify_id,
            Customer.erased_at.is_(None),
        )
        customer_id = apart.scalar(known)
        return standing(apart, [customer_id]).get(customer_id) if customer_id is not None else None


def _dated(said: Statement) -> str:
    """Return when it was said, in Shopify's whole seconds; what was said before a merge holds as of the merge."""
    at: datetime = max(said.happened_at, said.joined_at or said.happened_at)
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _push_all(session: Session) -> None:
    here = select(ConsentEntry.customer_id).where(
        ConsentEntry.shop_id == entered_shop(session),
        ConsentEntry.state == UNSUBSCRIBED,
        ConsentEntry.source.in_(OURS),
    )
    people = select(Customer).where(
        Customer.shop_id == entered_shop(session),
        Customer.id.in_(here),
        Customer.merged_into.is_(None),
        Customer.erased_at.is_(None),
    )
    for customer in session.scalars(people.order_by(Customer.id)):
        push_unsubscribe(session, customer)
