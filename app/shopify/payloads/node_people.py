"""Read customers, products and the shop out of Admin API nodes, as the documents in `documents/` ask for them. Pure.

`denied` is what node_orders.py says. Every function raises PayloadError for what it cannot use.
"""

from __future__ import annotations

from typing import Any

from app.shopify.payloads import webhook_people
from app.shopify.payloads.fields import Fields
from app.shopify.payloads.goods import ProductFacts, VariantFacts
from app.shopify.payloads.people import CustomerFacts, EmailConsentFacts, ShopFacts
from app.shopify.payloads.vocabulary import MarketingState, ProductStatus

NONE: frozenset[str] = frozenset()
SHOP_UNTOLD = frozenset({"locale", "updated_at"})

WITHHELD = {
    "firstName": "first_name",
    "lastName": "last_name",
    "defaultEmailAddress": "email",
    "defaultEmailAddress.emailAddress": "email",
    "defaultPhoneNumber": "phone",
    "defaultPhoneNumber.phoneNumber": "phone",
}


def customer(node: Any, denied: frozenset[str] = NONE) -> CustomerFacts:
    """Return the customer in a node that holds CustomerFields."""
    return customer_of(Fields(node), denied)


def customer_of(it: Fields, denied: frozenset[str]) -> CustomerFacts:
    """Return the customer in an object of a node, such as an order's buyer."""
    mail = it.maybe_child("defaultEmailAddress")
    address = it.inner("defaultAddress")
    return CustomerFacts(
        shopify_id=it.identifier("id"),
        email=it.inner("defaultEmailAddress").maybe_address("emailAddress"),
        phone=it.inner("defaultPhoneNumber").maybe_text("phoneNumber"),
        first_name=it.maybe_text("firstName"),
        last_name=it.maybe_text("lastName"),
        country=address.maybe_text("countryCodeV2"),
        province=address.maybe_text("provinceCode"),
        created_at=it.maybe_moment("createdAt"),
        updated_at=it.maybe_moment("updatedAt"),
        locale=it.maybe_text("locale"),
        tags=tuple(sorted(it.texts("tags"))),
        consent=None if mail is None else _consent(mail),
        withheld=frozenset(WITHHELD[name] for name in denied & WITHHELD.keys()),
    )


def product(node: Any) -> ProductFacts:
    """Return the product in a node that holds ProductFields."""
    it = Fields(node)
    image = it.inner("featuredMedia").inner("preview").inner("image")
    variants = it.child("variants")
    return ProductFacts(
        shopify_id=it.identifier("id"),
        handle=it.text("handle"),
        title=it.text("title"),
        status=it.choice("status", ProductStatus, ProductStatus.UNKNOWN),
        product_type=it.maybe_text("productType"),
        vendor=it.maybe_text("vendor"),
        tags=tuple(sorted(it.texts("tags"))),
        image_url=image.maybe_text("url"),
        created_at=it.maybe_moment("createdAt"),
        updated_at=it.moment("updatedAt"),
        variants=tuple(_variant(variant) for variant in variants.children("nodes")),
        url=it.maybe_text("onlineStoreUrl"),
        is_gift_card=it.flag("isGiftCard"),
        collections=collections_of(node),
        truncated=frozenset(
            name for name in ("variants", "collections") if it.child(name).child("pageInfo").flag("hasNextPage")
        ),
    )


def collections_of(node: Any) -> tuple[tuple[int, str], ...]:
    """Return (id, handle) of the collections in a node that holds ProductCollections."""
    nodes = Fields(node).child("collections").children("nodes")
    return tuple((each.identifier("id"), each.text("handle")) for each in nodes)


def shop(node: Any) -> ShopFacts:
    """Return the shop in the node of the document `shop`."""
    it = Fields(node)
    address = it.child("shopAddress")
    return ShopFacts(
        shopify_id=it.identifier("id"),
        domain=it.text("myshopifyDomain"),
        name=it.text("name"),
        contact_email=it.maybe_address("contactEmail") or it.address("email"),
        timezone=it.text("ianaTimezone"),
        currency=it.text("currencyCode"),
        country=address.maybe_text("countryCodeV2"),
        address=webhook_people.one_line(address, "country"),
        primary_url=it.child("primaryDomain").text("url").rstrip("/"),
        untold=SHOP_UNTOLD,
    )


def _variant(it: Fields) -> VariantFacts:
    return VariantFacts(
        shopify_id=it.identifier("id"),
        title=it.text("title"),
        sku=it.maybe_text("sku"),
        price=it.maybe_amount("price"),
        position=it.count("position"),
        updated_at=it.maybe_moment("updatedAt"),
        is_available=it.flag("availableForSale"),
    )


def _consent(it: Fields) -> EmailConsentFacts:
    return EmailConsentFacts(
        state=it.choice("marketingState", MarketingState, MarketingState.UNKNOWN),
        changed_at=it.maybe_moment("marketingUpdatedAt"),
        level=(it.maybe_text("marketingOptInLevel") or "").lower() or None,
    )
