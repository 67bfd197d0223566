"""Write the world's values as Shopify writes them: webhook bodies, and nodes of the Admin API.

A node has every field any of the app's documents asks for; what a document leaves out is there all the same.
"""

from datetime import UTC
from zoneinfo import ZoneInfo

from tests.simulator.things import PROVINCE


def gid(kind, number):
    """Return Shopify's spelling of an id."""
    return f"gid://shopify/{kind}/{number}"


def local(shop, at):
    """Write an instant in the shop's zone, to the second."""
    return at and at.astimezone(ZoneInfo(shop.zone)).isoformat(timespec="seconds")


def utc(at):
    """Write an instant as the Admin API does."""
    return at and at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(amount):
    """Write a price set of a node."""
    return {"shopMoney": {"amount": str(amount), "currencyCode": "GBP"}}


def total(order):
    """Return what is left to be paid for."""
    return f"{sum(float(line.price) * line.current for line in order.lines):.2f}"


def shipped_of(order):
    """Return how far an order was sent: (webhook's word, node's word)."""
    sent = {line.id: sum(parcel.contents.get(line.id, 0) for parcel in order.parcels) for line in order.lines}
    if not any(sent.values()):
        return None, "UNFULFILLED"
    whole = all(sent[line.id] >= line.current for line in order.lines)
    return ("fulfilled", "FULFILLED") if whole else ("partial", "PARTIALLY_FULFILLED")


# -- webhook bodies


def order(shop, it):
    """Return the body of the order topics."""
    return {
        "id": it.id, "name": it.name, "email": it.email, "phone": None, "customer_locale": "en", "currency": "GBP",
        "current_total_price": total(it), "financial_status": it.financial, "fulfillment_status": shipped_of(it)[0],
        "test": it.test, "note": None, "order_status_url": f"https://{shop.domain}/orders/{it.id}", "tags": "",
        "cancel_reason": it.cancel_reason, "cancelled_at": local(shop, it.cancelled_at), "closed_at": None,
        "created_at": local(shop, it.placed_at), "processed_at": local(shop, it.placed_at),
        "updated_at": local(shop, it.updated_at),
        "customer": customer(shop, it.person) if it.person and not it.person.gone else None,
        "shipping_address": {
            "first_name": it.person.first_name if it.person else "Ana", "last_name": "Weber", "zip": "10115",
            "country_code": it.country, "province_code": PROVINCE.get(it.country),
        },
        "line_items": [line(each) for each in it.lines],
        "fulfillments": [parcel(shop, it, each) for each in it.parcels],
        "refunds": [refund(shop, it, each) for each in it.refunds],
    }  # fmt: skip


def line(it, quantity=None):
    """Return a line as an order and a parcel carry it."""
    return {
        "id": it.id, "product_id": it.product, "variant_id": it.product + 1, "title": it.title, "variant_title": None,
        "sku": "", "quantity": quantity or it.quantity, "current_quantity": it.current,
        "requires_shipping": it.ships, "gift_card": False, "price": it.price,
    }  # fmt: skip


def customer(shop, it):
    """Return the body of customers/update, and the buyer in an order."""
    return {
        "id": it.id, "email": it.email, "phone": None, "first_name": it.first_name, "last_name": "Weber",
        "created_at": local(shop, it.created_at), "updated_at": local(shop, it.updated_at),
        "default_address": {"country_code": it.country, "province_code": PROVINCE.get(it.country)},
    }  # fmt: skip


def parcel(shop, whole, it):
    """Return the body of the fulfilment topics."""
    tracking = [f"TR{it.id}"] if it.tracked else []
    return {
        "id": it.id, "order_id": whole.id, "name": f"{whole.name}.{it.number}", "status": it.status,
        "shipment_status": it.scans[-1].status if it.scans else None,
        "tracking_company": "Royal Mail" if it.tracked else None, "tracking_numbers": tracking,
        "tracking_urls": [f"https://track.example.com/{number}" for number in tracking],
        "created_at": local(shop, it.created_at), "updated_at": local(shop, it.updated_at),
        "line_items": [line(whole.line(number), quantity) for number, quantity in it.contents.items()],
    }  # fmt: skip


def scan(shop, whole, of, it):
    """Return the body of the topics about a carrier's scan."""
    return {
        "id": it.id, "fulfillment_id": of.id, "order_id": whole.id, "shop_id": shop.id, "status": it.status,
        "message": None, "country": whole.country, "created_at": local(shop, it.created_at),
        "updated_at": local(shop, it.created_at), "happened_at": local(shop, it.happened_at),
        "estimated_delivery_at": None,
    }  # fmt: skip


def refund(shop, whole, it):
    """Return the body of refunds/create."""
    return {
        "id": it.id, "order_id": whole.id, "note": "", "created_at": local(shop, it.at),
        "processed_at": local(shop, it.at), "transactions": [],
        "refund_line_items": [
            {"line_item_id": number, "quantity": quantity, "restock_type": "no_restock"}
            for number, quantity in it.lines.items()
        ],
    }  # fmt: skip


def return_opened(shop, whole, it):
    """Return the body of returns/request and approve."""
    return {
        "id": it.id, "status": it.status, "name": f"{whole.name}-R{it.number}", "order": {"id": whole.id},
        "return_line_items": [
            {"quantity": quantity, "fulfillment_line_item": {"line_item": {"id": number}}}
            for number, quantity in it.lines.items()
        ],
    }  # fmt: skip


def return_moved(whole, it):
    """Return the body of the other return topics."""
    return {"id": it.id, "order_id": whole.id, "status": it.status}


def redact(shop, person, orders):
    """Return the body of customers/redact."""
    return {
        "shop_id": shop.id, "shop_domain": shop.domain,
        "customer": {"id": person.id, "email": person.email, "phone": None},
        "orders_to_redact": [each.id for each in orders],
    }  # fmt: skip


def shop(it):
    """Return the body of shop/update and app/uninstalled."""
    return {
        "id": it.id, "myshopify_domain": it.domain, "name": it.name, "email": f"hello@{it.domain[:2]}.example.com",
        "customer_email": f"hello@{it.domain[:2]}.example.com", "iana_timezone": it.zone, "currency": "GBP",
        "country_code": it.country, "address1": "1 Road", "zip": "X1", "city": "Town", "country_name": it.country,
        "primary_locale": "en", "updated_at": local(it, it.updated_at),
    }  # fmt: skip


# -- nodes


def order_node(shop, it):
    """Return an order with everything on it."""
    return {
        "id": gid("Order", it.id), "name": it.name, "number": 1, "email": it.email, "phone": None,
        "createdAt": utc(it.placed_at), "processedAt": utc(it.placed_at), "updatedAt": utc(it.updated_at),
        "cancelledAt": utc(it.cancelled_at), "cancelReason": it.cancel_reason and it.cancel_reason.upper(),
        "closedAt": None, "test": it.test, "note": None, "tags": [], "customerLocale": "en",
        "statusPageUrl": f"https://{shop.domain}/orders/{it.id}", "displayFinancialStatus": it.financial.upper(),
        "displayFulfillmentStatus": shipped_of(it)[1], "currentTotalPriceSet": money(total(it)),
        "shippingAddress": {
            "firstName": it.person.first_name if it.person else "Ana", "lastName": "Weber", "zip": "10115",
            "countryCodeV2": it.country, "provinceCode": PROVINCE.get(it.country),
        },
        "customer": customer_node(it.person) if it.person and not it.person.gone else None,
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
            "emailAddress": it.email, "marketingState": it.consent.upper(), "marketingUpdatedAt": utc(it.updated_at),
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
        "updatedAt": "2026-01-01T00:00:00Z", "onlineStoreUrl": None, "featuredMedia": None,
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
