"""Write the world's values as the Admin API answers them.

A node has every field any of the app's documents asks for; what a document leaves out is there all the same.
"""

from tests.simulator.speak import gid, named, shipped_of, total, utc
from tests.simulator.things import PROVINCE


def money(amount):
    """Write a price set of a node."""
    return {"shopMoney": {"amount": str(amount), "currencyCode": "GBP"}}


def order_node(shop, it):
    """Return an order with everything on it; where its buyer was erased, without what says who they are."""
    erased = it.person is not None and it.person.gone
    return {
        "id": gid("Order", it.id), "name": it.name, "number": 1, "email": None if erased else it.email, "phone": None,
        "createdAt": utc(it.placed_at), "processedAt": utc(it.placed_at), "updatedAt": utc(it.updated_at),
        "cancelledAt": utc(it.cancelled_at), "cancelReason": it.cancel_reason and it.cancel_reason.upper(),
        "closedAt": None, "test": it.test, "note": None, "tags": [], "customerLocale": "en",
        "statusPageUrl": f"https://{shop.domain}/orders/{it.id}", "displayFinancialStatus": it.financial.upper(),
        "displayFulfillmentStatus": shipped_of(it)[1], "currentTotalPriceSet": money(total(it)),
        "shippingAddress": {
            **dict(zip(("firstName", "lastName", "zip"), named(it), strict=True)),
            "countryCodeV2": it.country, "provinceCode": PROVINCE.get(it.country),
        },
        "customer": customer_node(it.person) if it.person and not erased else None,
        "lineItems": page([line_node(each) for each in it.lines]),
        "fulfillments": [parcel_node(it, each) for each in it.parcels],
        "fulfillmentsCount": {"count": len(it.parcels)},
        "refunds": [refund_node(each) for each in it.refunds],
        "returns": page([return_node(it, each) for each in it.returns]),
    }  # fmt: skip


def page(nodes, cursor=None):
    """Return a connection; `cursor` where more follows."""
    return {"nodes": nodes, "pageInfo": {"hasNextPage": cursor is not None, "endCursor": cursor}}


def customer_node(it):
    """Return a customer."""
    return {
        "id": gid("Customer", it.id), "createdAt": utc(it.created_at), "updatedAt": utc(it.updated_at),
        "firstName": it.first_name, "lastName": "Weber", "locale": "en", "tags": [], "defaultPhoneNumber": None,
        "defaultEmailAddress": {
            "emailAddress": it.email, "marketingState": it.consent.upper(),
            "marketingUpdatedAt": utc(it.changed_mind_at or it.created_at),
        },
        "defaultAddress": {"countryCodeV2": it.country, "provinceCode": PROVINCE.get(it.country)},
    }  # fmt: skip


def line_node(it):
    """Return an order line."""
    return {
        "id": gid("LineItem", it.id), "title": it.title, "variantTitle": None, "sku": "", "quantity": it.quantity,
        "currentQuantity": it.current, "requiresShipping": it.ships, "isGiftCard": False,
        "originalUnitPriceSet": money(it.price), "product": {"id": gid("Product", it.product)},
        "variant": {"id": gid("ProductVariant", it.product + 1)},
    }  # fmt: skip


def parcel_node(whole, it):
    """Return a fulfilment with its lines and scans."""
    said = it.scans[-1].status.upper() if it.scans else "FULFILLED"
    arrived = [each.happened_at for each in it.scans if each.status == "delivered"]
    return {
        "id": gid("Fulfillment", it.id), "name": f"{whole.name}.{it.number}", "status": it.status.upper(),
        "displayStatus": said, "createdAt": utc(it.created_at), "updatedAt": utc(it.updated_at),
        "deliveredAt": utc(arrived[-1]) if arrived and said == "DELIVERED" else None, "inTransitAt": None,
        "estimatedDeliveryAt": None,
        "trackingInfo": [
            {"company": "Royal Mail", "number": f"TR{it.id}", "url": f"https://track.example.com/TR{it.id}"}
        ] if it.tracked else [],
        "fulfillmentLineItems": page(
            [{"quantity": count, "lineItem": {"id": gid("LineItem", number)}} for number, count in it.contents.items()]
        ),
        "events": page([scan_node(each) for each in reversed(it.scans)]), "order": {"id": gid("Order", whole.id)},
    }  # fmt: skip


def scan_node(it):
    """Return a carrier's scan."""
    return {
        "id": gid("FulfillmentEvent", it.id), "status": it.status.upper(), "message": None, "country": None,
        "createdAt": utc(it.created_at), "happenedAt": utc(it.happened_at), "estimatedDeliveryAt": None,
    }  # fmt: skip


def refund_node(it):
    """Return a refund."""
    return {
        "id": gid("Refund", it.id), "createdAt": utc(it.at), "processedAt": utc(it.at), "note": None,
        "totalRefundedSet": money("1.00"),
        "refundLineItems": page(
            [
                {"quantity": count, "restockType": "NO_RESTOCK", "lineItem": {"id": gid("LineItem", number)}}
                for number, count in it.lines.items()
            ]
        ),
    }  # fmt: skip


def return_node(whole, it):
    """Return a return."""
    return {
        "id": gid("Return", it.id), "name": f"{whole.name}-R{it.number}", "status": it.status.upper(),
        "createdAt": utc(it.created_at), "closedAt": utc(it.closed_at), "order": {"id": gid("Order", whole.id)},
        "returnLineItems": page(
            [
                {"quantity": count, "fulfillmentLineItem": {"lineItem": {"id": gid("LineItem", number)}}}
                for number, count in it.lines.items()
            ]
        ),
    }  # fmt: skip


def product_node(number, title):
    """Return a product of one variant."""
    return {
        "id": gid("Product", number), "handle": f"thing-{number}", "title": title, "status": "ACTIVE",
        "productType": "", "vendor": "", "tags": [], "isGiftCard": False, "createdAt": "2026-01-01T00:00:00Z",
        "updatedAt": "2026-01-01T00:00:00Z", "onlineStoreUrl": None, "featuredMedia": None, "collections": page([]),
        "variants": page(
            [
                {
                    "id": gid("ProductVariant", number + 1), "title": "Default Title", "sku": "", "price": "32.00",
                    "availableForSale": True, "position": 1, "updatedAt": "2026-01-01T00:00:00Z",
                }
            ]
        ),
    }  # fmt: skip


def shop_node(it):
    """Return the shop."""
    return {
        "id": gid("Shop", it.id), "name": it.name, "email": f"hello@{it.domain[:2]}.example.com",
        "contactEmail": f"hello@{it.domain[:2]}.example.com", "myshopifyDomain": it.domain, "currencyCode": "GBP",
        "ianaTimezone": it.zone, "primaryDomain": {"url": f"https://{it.domain}"},
        "shopAddress": {
            "countryCodeV2": it.country, "province": None, "address1": "1 Road", "address2": None, "city": "Town",
            "zip": "X1", "country": it.country,
        },
        "plan": {"publicDisplayName": "Basic", "partnerDevelopment": False},
    }  # fmt: skip
