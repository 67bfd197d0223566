"""Know which scope each type and field needs, and which are protected customer data.

The tables are this schema's share of what Shopify publishes beside its own; a test compares the two.
"""

from collections.abc import Mapping

from graphql import GraphQLError

from devstore.platform.admin_api.call import Call

SCOPES_PAGE = "https://shopify.dev/api/usage/access-scopes"
DATA_PAGE = "https://shopify.dev/docs/apps/launch/protected-customer-data"

ORDERS = ("read_orders", "read_marketplace_orders")
PARCELS = (
    *ORDERS,
    "read_assigned_fulfillment_orders",
    "read_merchant_managed_fulfillment_orders",
    "read_third_party_fulfillment_orders",
    "read_marketplace_fulfillment_orders",
)
RETURNS = ("read_returns", "read_marketplace_returns")
CUSTOMERS = ("read_customers",)
PRODUCTS = ("read_products",)
FILES = (
    "read_products",
    "read_files",
    "read_themes",
    "read_orders",
    "read_draft_orders",
    "read_images",
    "read_quick_sale",
)

# Alternatives: one of them is enough. App-owned metaobjects need none; metaobjects.py looks at theirs itself.
TYPES: Mapping[str, tuple[str, ...]] = {
    "Collection": PRODUCTS,
    "Customer": CUSTOMERS,
    "CustomerEmailAddress": CUSTOMERS,
    "CustomerPhoneNumber": CUSTOMERS,
    "CustomerSmsMarketingConsent": CUSTOMERS,
    "Fulfillment": PARCELS,
    "FulfillmentEvent": ("read_orders",),
    "FulfillmentLineItem": ORDERS,
    "FulfillmentTrackingInfo": PARCELS,
    "LineItem": ORDERS,
    "LineItemSellingPlan": ("read_orders",),
    "Media": FILES,
    "MediaImage": FILES,
    "MediaPreviewImage": ("read_products", "read_files", "read_images"),
    "Order": (*ORDERS, "read_quick_sale"),
    "Product": PRODUCTS,
    "ProductPriceRangeV2": PRODUCTS,
    "ProductVariant": PRODUCTS,
    "Refund": ORDERS,
    "RefundLineItem": ORDERS,
    "Return": RETURNS,
    "ReturnDecline": RETURNS,
    "ReturnLineItem": RETURNS,
    "ReturnLineItemType": RETURNS,
}
FIELDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("CustomerEmailAddress", "marketingUnsubscribeUrl"): ("write_customers",),
    ("CustomerEmailAddress", "openTrackingUrl"): ("write_customers",),
    ("Mutation", "customerEmailMarketingConsentUpdate"): ("write_customers",),
    ("QueryRoot", "fulfillment"): PARCELS,
    ("QueryRoot", "ordersCount"): ORDERS,
    ("QueryRoot", "refund"): ORDERS,
    ("QueryRoot", "return"): RETURNS,
}
PROTECTED = frozenset(
    {
        ("Customer", "displayName"),
        ("Customer", "firstName"),
        ("Customer", "lastName"),
        ("CustomerEmailAddress", "emailAddress"),
        ("CustomerPhoneNumber", "phoneNumber"),
        ("FulfillmentEvent", "address1"),
        ("FulfillmentEvent", "city"),
        ("FulfillmentEvent", "latitude"),
        ("FulfillmentEvent", "longitude"),
        ("FulfillmentEvent", "zip"),
        ("MailingAddress", "address1"),
        ("MailingAddress", "address2"),
        ("MailingAddress", "firstName"),
        ("MailingAddress", "formatted"),
        ("MailingAddress", "lastName"),
        ("MailingAddress", "name"),
        ("MailingAddress", "phone"),
        ("MailingAddress", "zip"),
        ("Order", "email"),
        ("Order", "phone"),
        ("Order", "statusPageUrl"),
    }
)
# Data about customers at all: out of reach until the app has been approved for level 1.
PERSONAL = frozenset({"Customer", "Fulfillment", "Order", "Refund", "Return"})


def check(call: Call, kind: str, name: str, returned: str) -> None:
    """Let the field be read, or raise GraphQLError as Shopify words it."""
    target = returned.removesuffix("Connection")
    needed = FIELDS.get((kind, name)) or TYPES.get(target)
    if needed and call.scopes.isdisjoint(needed):
        raise denied(name, needed)
    if call.installation.data_level < 2 and (kind, name) in PROTECTED:
        raise unapproved(f"use the {name} field")
    if call.installation.data_level < 1 and target in PERSONAL:
        raise unapproved(f"access the {target} object")


def denied(name: str, needed: tuple[str, ...]) -> GraphQLError:
    """Return the error for a missing scope."""
    wants = " or ".join(f"`{scope}` access scope" for scope in needed[:2]) + "."
    return GraphQLError(
        f"Access denied for {name} field. Required access: {wants}",
        extensions={"code": "ACCESS_DENIED", "documentation": SCOPES_PAGE, "requiredAccess": wants},
    )


def unapproved(what: str) -> GraphQLError:
    """Return the error for protected customer data the app has not been approved for."""
    return GraphQLError(
        f"This app is not approved to {what}. See {DATA_PAGE} for more details.",
        extensions={"code": "ACCESS_DENIED", "documentation": DATA_PAGE},
    )
