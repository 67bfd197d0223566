"""Write the world's values as Shopify writes them in webhooks."""

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


def named(it):
    """Return (first name, last name, zip) of where an order goes; nothing where its buyer was erased."""
    if it.person is None:
        return "Ana", "Weber", "10115"
    return (None, None, None) if it.person.gone else (it.person.first_name, "Weber", "10115")


def order(shop, it):
    """Return the body of the order topics; where its buyer was erased, without what says who they are."""
    erased = it.person is not None and it.person.gone
    return {
        "id": it.id, "name": it.name, "email": None if erased else it.email, "phone": None, "currency": "GBP",
        "customer_locale": "en",
        "current_total_price": total(it), "financial_status": it.financial, "fulfillment_status": shipped_of(it)[0],
        "test": it.test, "note": None, "order_status_url": f"https://{shop.domain}/orders/{it.id}", "tags": "",
        "cancel_reason": it.cancel_reason, "cancelled_at": local(shop, it.cancelled_at), "closed_at": None,
        "created_at": local(shop, it.placed_at), "processed_at": local(shop, it.placed_at),
        "updated_at": local(shop, it.updated_at),
        "customer": customer(shop, it.person) if it.person and not erased else None,
        "shipping_address": {
            **dict(zip(("first_name", "last_name", "zip"), named(it), strict=True)),
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


def consent(it):
    """Return the body of customers_email_marketing_consent/update."""
    said = {"state": it.consent, "opt_in_level": "single_opt_in", "consent_updated_at": utc(it.changed_mind_at)}
    return {"customer_id": it.id, "email_address": it.email, "email_marketing_consent": said}


def merge(gone, kept):
    """Return the body of customers/merge."""
    return {
        "admin_graphql_api_customer_kept_id": gid("Customer", kept.id),
        "admin_graphql_api_customer_deleted_id": gid("Customer", gone.id),
        "admin_graphql_api_job_id": None, "status": "completed", "errors": [],
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
