"""The order's body, the same for orders/create, paid, updated and cancelled."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from devstore.state.models import Customer, LineItem, Order, Shop, gid
from devstore.webhooks.payloads.customer import customer_in_order
from devstore.webhooks.payloads.line import line_in_order
from devstore.webhooks.payloads.parcel import Parcel, parcel_body
from devstore.webhooks.payloads.refund import GoodsBack, Repayment, refund_body, return_opened_body
from devstore.webhooks.payloads.values import address, price, price_set, when

NOTHING = Decimal(0)


@dataclass(frozen=True)
class WholeOrder:
    """An order with everything that hangs on it; `products` are the ids of its products that still exist."""

    order: Order
    shop: Shop
    customer: Customer | None
    lines: tuple[LineItem, ...]
    parcels: tuple[Parcel, ...]
    repayments: tuple[Repayment, ...]
    returns: tuple[GoodsBack, ...]
    products: frozenset[int]


def order_body(whole: WholeOrder, origin: str) -> dict[str, Any]:
    """Return the whole body; `origin` is where the order status page lives."""
    order, shop = whole.order, whole.shop
    return {
        **_identity(order, shop, origin),
        **_money(whole),
        "billing_address": address(order.billing_address),
        "customer": customer_in_order(whole.customer, shop) if whole.customer else None,
        "discount_applications": [
            {
                "target_type": "line_item",
                "type": "discount_code",
                "value": code["amount"],
                "value_type": "fixed_amount",
                "allocation_method": "across",
                "target_selection": "all",
                "code": code["code"],
            }
            for code in order.discount_codes
        ],
        "fulfillments": [parcel_body(one, order, shop, whole.products) for one in whole.parcels],
        "line_items": [
            line_in_order(line, order.currency, product_exists=line.product_id in whole.products)
            for line in whole.lines
        ],
        "payment_terms": None,
        "refunds": [refund_body(one, order, shop, whole.products) for one in whole.repayments],
        "shipping_address": address(order.shipping_address),
        "shipping_lines": _shipping(order),
        "returns": [return_opened_body(one, order) for one in whole.returns],
        "line_item_groups": [],
    }


def _identity(order: Order, shop: Shop, origin: str) -> dict[str, Any]:
    return {
        "id": order.id,
        "admin_graphql_api_id": gid("Order", order.id),
        "app_id": 580_111,
        "browser_ip": None,
        "buyer_accepts_marketing": order.accepts_marketing,
        "cancel_reason": order.cancel_reason,
        "cancelled_at": when(order.cancelled_at, shop),
        "cart_token": None,
        "checkout_token": order.token,
        "client_details": None,
        "closed_at": when(order.closed_at, shop),
        "confirmation_number": order.token[:9].upper(),
        "confirmed": True,
        "contact_email": order.email,
        "created_at": when(order.created_at, shop),
        "customer_locale": order.customer_locale,
        "device_id": None,
        "discount_codes": order.discount_codes,
        "duties_included": False,
        "email": order.email,
        "estimated_taxes": False,
        "financial_status": order.financial_status,
        "fulfillment_status": order.fulfillment_status,
        "landing_site": "/",
        "landing_site_ref": None,
        "location_id": None,
        "merchant_business_entity_id": "MTU0ODM4MDAwOQ",
        "merchant_of_record_app_id": None,
        "name": order.name,
        "note": order.note,
        "note_attributes": order.note_attributes,
        "number": order.order_number - 1000,
        "order_number": order.order_number,
        "order_status_url": f"{origin}/store/{shop.handle}/orders/{order.token}",
        "payment_gateway_names": ["bogus"] if order.paid_at else [],
        "phone": order.phone,
        "po_number": None,
        "processed_at": when(order.processed_at, shop),
        "reference": None,
        "referring_site": None,
        "source_identifier": None,
        "source_name": order.source_name,
        "source_url": None,
        "tags": ", ".join(order.tags),
        "test": order.test,
        "token": order.token,
        "updated_at": when(order.updated_at, shop),
        "user_id": None,
    }


@dataclass(frozen=True)
class Totals:
    """An order's sums in its currency; `current_` ones count what is left after edits and refunds."""

    lines: Decimal
    current_lines: Decimal
    discounts: Decimal
    current_discounts: Decimal
    shipping: Decimal
    current_shipping: Decimal

    @property
    def total(self) -> Decimal:
        """What was to be paid."""
        return self.lines - self.discounts + self.shipping

    @property
    def current_total(self) -> Decimal:
        """What is left of it."""
        return self.current_lines - self.current_discounts + self.current_shipping


def totals(order: Order, lines: tuple[LineItem, ...]) -> Totals:
    """Add up an order; the discount shrinks with the lines it was given on."""
    bought = sum((line.price * line.quantity for line in lines), NOTHING)
    left = sum((line.price * line.current_quantity for line in lines), NOTHING)
    discounts = min(order.total_discounts, bought)
    share = (discounts * left / bought).quantize(Decimal("0.01")) if bought else NOTHING
    gone = order.cancelled_at is not None or order.financial_status in {"refunded", "voided"}
    return Totals(bought, left, discounts, share, order.shipping_price, NOTHING if gone else order.shipping_price)


def _money(whole: WholeOrder) -> dict[str, Any]:
    order = whole.order
    sums = totals(order, whole.lines)
    outstanding = NOTHING if order.paid_at else sums.current_total
    amounts = {
        "current_shipping_price": sums.current_shipping,
        "current_subtotal_price": sums.current_lines - sums.current_discounts,
        "current_total_discounts": sums.current_discounts,
        "current_total_price": sums.current_total,
        "current_total_tax": NOTHING,
        "subtotal_price": sums.lines - sums.discounts,
        "total_cash_rounding_payment_adjustment": NOTHING,
        "total_cash_rounding_refund_adjustment": NOTHING,
        "total_discounts": sums.discounts,
        "total_line_items_price": sums.lines,
        "total_price": sums.total,
        "total_shipping_price": sums.shipping,
        "total_tax": NOTHING,
    }
    only_as_set = {
        "current_shipping_price",
        "total_shipping_price",
        "total_cash_rounding_payment_adjustment",
        "total_cash_rounding_refund_adjustment",
    }
    return {
        "currency": order.currency,
        "presentment_currency": order.currency,
        **{key: price(amount) for key, amount in amounts.items() if key not in only_as_set},
        **{f"{key}_set": price_set(amount, order.currency) for key, amount in amounts.items()},
        "current_total_additional_fees_set": None,
        "current_total_duties_set": None,
        "original_total_additional_fees_set": None,
        "original_total_duties_set": None,
        "tax_exempt": False,
        "tax_lines": [],
        "taxes_included": True,
        "total_outstanding": price(outstanding),
        "total_tip_received": "0.00",
        "total_weight": sum(line.grams * line.quantity for line in whole.lines),
    }


def _shipping(order: Order) -> list[dict[str, Any]]:
    if order.shipping_address is None:
        return []
    amount = price_set(order.shipping_price, order.currency)
    return [
        {
            "id": order.id + 1,
            "carrier_identifier": None,
            "code": "Standard",
            "current_discounted_price_set": amount,
            "discounted_price": price(order.shipping_price),
            "discounted_price_set": amount,
            "is_removed": False,
            "phone": None,
            "price": price(order.shipping_price),
            "price_set": amount,
            "requested_fulfillment_service_id": None,
            "source": "shopify",
            "title": "Standard",
            "tax_lines": [],
            "discount_allocations": [],
        }
    ]


def order_edit_body(
    edit_id: int, order: Order, shop: Shop, added: dict[int, int], removed: dict[int, int], now: datetime
) -> dict[str, Any]:
    """Return the body of orders/edited; `added` and `removed` map line ids to quantities."""
    return {
        "order_edit": {
            "id": edit_id,
            "app_id": None,
            "created_at": when(now, shop),
            "committed_at": when(now, shop),
            "notify_customer": False,
            "order_id": order.id,
            "staff_note": "",
            "user_id": None,
            "line_items": {
                "additions": [{"id": key, "delta": delta} for key, delta in added.items()],
                "removals": [{"id": key, "delta": delta} for key, delta in removed.items()],
            },
            "discounts": {"line_item": {"additions": [], "removals": []}},
            "shipping_lines": {"additions": [], "removals": []},
        }
    }
