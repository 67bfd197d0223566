"""Answer for orders and their lines."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.connection import Page, page_from, page_of
from devstore.platform.admin_api.field import attributes, computed, field, globally, upper
from devstore.platform.admin_api.money import address, money_bag
from devstore.platform.admin_api.search import Found, moment, number, search, word
from devstore.platform.names import read_gid
from devstore.state.models import Customer, Fulfillment, LineItem, Order, Product, Refund, Return, Variant, gid
from devstore.webhooks.payloads.order import Totals, totals

SORTS: dict[str, ColumnElement[Any]] = {
    "CREATED_AT": Order.created_at.expression,
    "ID": Order.id.expression,
    "ORDER_NUMBER": Order.order_number.expression,
    "PROCESSED_AT": Order.processed_at.expression,
    "UPDATED_AT": Order.updated_at.expression,
}
STATUSES: dict[str, ColumnElement[bool]] = {
    "open": Order.closed_at.is_(None) & Order.cancelled_at.is_(None),
    "closed": Order.closed_at.is_not(None),
    "cancelled": Order.cancelled_at.is_not(None),
    "any": Order.id.is_not(None),
}
SEARCH = {
    "updated_at": moment(Order.updated_at),
    "created_at": moment(Order.created_at),
    "processed_at": moment(Order.processed_at),
    "id": number(Order.id),
    "customer_id": number(Order.customer_id),
    "name": lambda op, text: None if op else Order.order_number == int("".join(c for c in text if c.isdigit()) or 0),
    "email": word(Order.email),
    "financial_status": word(Order.financial_status),
    "status": lambda op, text: STATUSES.get(text.lower()),
}

attributes(
    "Order",
    *("name", "email", "phone", "createdAt", "updatedAt", "processedAt", "cancelledAt", "closedAt"),
    *("customerLocale", "test", "tags", "note", "sourceName"),
)
upper("Order", displayFinancialStatus="financial_status", cancelReason="cancel_reason")
attributes("Attribute", "key", "value")
attributes("Count", "count", "precision")
attributes("MoneyBag", "shopMoney", "presentmentMoney")
attributes("MoneyV2", "amount", "currencyCode")
attributes("ShippingLine", "id", "title", "code", "source", "originalPriceSet")
attributes(
    "MailingAddress",
    *("id", "firstName", "lastName", "name", "company", "address1", "address2", "city", "province"),
    *("provinceCode", "zip", "country", "countryCodeV2", "phone", "timeZone"),
)


def reachable(call: Call) -> Select[Any]:
    """Return the orders the app may see: its shop's, and only 60 days back without read_all_orders."""
    statement = select(Order).where(Order.shop_id == call.shop.id)
    oldest = call.oldest_order
    return statement if oldest is None else statement.where(Order.created_at >= oldest)


def one_order(call: Call, order_id: int) -> Order | None:
    """Return one order if the app may see it."""
    row = call.session.scalars(reachable(call).where(Order.id == order_id)).one_or_none()
    return call.shelf.put([row])[0] if row else None


def order_page(call: Call, statement: Select[Any], args: dict[str, Any]) -> Page:
    """Return a page of orders by Shopify's sort keys and search syntax."""
    found = search(args.get("query"), SEARCH)
    note(call, args, found)
    sort = SORTS.get(args.get("sortKey", "PROCESSED_AT"), Order.id.expression)
    page = page_from(call.session, statement.where(*found.conditions), args, sort, Order.id.expression)
    call.shelf.put(page.nodes)
    return page


def note(call: Call, args: dict[str, Any], found: Found) -> None:
    """Tell the caller which search terms were ignored."""
    if found.unknown:
        warnings = [
            {"field": name, "message": "Invalid search field.", "code": "invalid_field"} for name in found.unknown
        ]
        call.search.append({"query": args.get("query"), "warnings": warnings})


@field("QueryRoot", "order")
def order(_: Any, call: Call, args: dict[str, Any]) -> Any:
    """Return an order by id."""
    ident = read_gid(args["id"])
    return one_order(call, ident[1]) if ident and ident[0] == "Order" else None


@field("QueryRoot", "orders")
def orders(_: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of orders."""
    return order_page(call, reachable(call), args)


@field("QueryRoot", "ordersCount")
def orders_count(_: Any, call: Call, args: dict[str, Any]) -> dict[str, Any]:
    """Return how many orders match, exactly up to the limit."""
    found = search(args.get("query"), SEARCH)
    note(call, args, found)
    matching = reachable(call).where(*found.conditions).with_only_columns(func.count()).order_by(None)
    total, limit = call.session.scalar(matching) or 0, args.get("limit")
    if limit is not None and total > limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": total, "precision": "EXACT"}


def lines_of(call: Call, row: Order) -> list[LineItem]:
    """Return an order's lines."""
    return call.shelf.children(LineItem.order_id, Order, row.id)


def sums(call: Call, row: Order) -> Totals:
    """Return an order's totals."""
    return totals(row, tuple(lines_of(call, row)))


globally("Order")
computed(
    "Order",
    number=lambda row, call: row.order_number,
    closed=lambda row, call: row.closed_at is not None,
    confirmed=lambda row, call: True,
    confirmationNumber=lambda row, call: row.token[:9].upper(),
    cartToken=lambda row, call: None,
    checkoutToken=lambda row, call: row.token,
    currencyCode=lambda row, call: row.currency,
    presentmentCurrencyCode=lambda row, call: row.currency,
    customerAcceptsMarketing=lambda row, call: row.accepts_marketing,
    customAttributes=lambda row, call: _pairs(row.note_attributes),
    discountCodes=lambda row, call: [one["code"] for one in row.discount_codes],
    discountCode=lambda row, call: row.discount_codes[0]["code"] if row.discount_codes else None,
    requiresShipping=lambda row, call: any(line.requires_shipping for line in lines_of(call, row)),
    edited=lambda row, call: any(line.current_quantity != line.quantity for line in lines_of(call, row)),
    fullyPaid=lambda row, call: row.paid_at is not None,
    unpaid=lambda row, call: row.paid_at is None,
    subtotalLineItemsQuantity=lambda row, call: sum(line.quantity for line in lines_of(call, row)),
    currentSubtotalLineItemsQuantity=lambda row, call: sum(line.current_quantity for line in lines_of(call, row)),
    totalPriceSet=lambda row, call: money_bag(sums(call, row).total, row.currency),
    currentTotalPriceSet=lambda row, call: money_bag(sums(call, row).current_total, row.currency),
    subtotalPriceSet=lambda row, call: money_bag(sums(call, row).lines - sums(call, row).discounts, row.currency),
    currentSubtotalPriceSet=lambda row, call: money_bag(
        sums(call, row).current_lines - sums(call, row).current_discounts, row.currency
    ),
    totalShippingPriceSet=lambda row, call: money_bag(row.shipping_price, row.currency),
    totalRefundedSet=lambda row, call: money_bag(row.refunded, row.currency),
    totalDiscountsSet=lambda row, call: money_bag(row.total_discounts, row.currency),
    customer=lambda row, call: call.shelf.row(Customer, row.customer_id),
    billingAddress=lambda row, call: address(row.billing_address, row.id),
    shippingAddress=lambda row, call: address(row.shipping_address, row.id),
    displayFulfillmentStatus=lambda row, call: _fulfilment(row, lines_of(call, row)),
    returnStatus=lambda row, call: _return_status(call.shelf.children(Return.order_id, Order, row.id)),
    fulfillmentsCount=lambda row, call: {"count": len(_parcels(call, row)), "precision": "EXACT"},
    shippingLine=lambda row, call: _shipping_line(row),
)
attributes("LineItem", "title", "variantTitle", "vendor", "quantity", "currentQuantity", "sku", "requiresShipping")
globally("LineItem")
computed(
    "LineItem",
    name=lambda row, call: f"{row.title} - {row.variant_title}" if row.variant_title else row.title,
    refundableQuantity=lambda row, call: row.current_quantity,
    unfulfilledQuantity=lambda row, call: row.fulfillable_quantity,
    nonFulfillableQuantity=lambda row, call: row.quantity - row.fulfilled_quantity - row.fulfillable_quantity,
    isGiftCard=lambda row, call: row.gift_card,
    product=lambda row, call: call.shelf.row(Product, row.product_id),
    variant=lambda row, call: call.shelf.row(Variant, row.variant_id),
    customAttributes=lambda row, call: _pairs(row.properties),
    sellingPlan=lambda row, call: None,
    originalUnitPriceSet=lambda row, call: money_bag(row.price, _currency(call, row)),
    discountedUnitPriceSet=lambda row, call: money_bag(row.price, _currency(call, row)),
    originalTotalSet=lambda row, call: money_bag(row.price * row.quantity, _currency(call, row)),
)
attributes("LineItemSellingPlan", "name", "sellingPlanId")


@field("Order", "lineItems")
def order_lines(row: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of the order's lines."""
    return page_of(lines_of(call, row), args, key=lambda line: line.position)


@field("Order", "fulfillments")
def order_fulfillments(row: Any, call: Call, args: dict[str, Any]) -> list[Fulfillment]:
    """Return the order's parcels, oldest first."""
    return _parcels(call, row)[: args.get("first")]


@field("Order", "refunds")
def order_refunds(row: Any, call: Call, args: dict[str, Any]) -> list[Refund]:
    """Return the order's refunds, oldest first."""
    return call.shelf.children(Refund.order_id, Order, row.id)[: args.get("first")]


@field("Order", "returns")
def order_returns(row: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of the order's returns."""
    return page_of(call.shelf.children(Return.order_id, Order, row.id), args)


@field("Order", "statusPageUrl")
def status_page(row: Any, call: Call, args: dict[str, Any]) -> str:
    """Return where the shopper follows the order."""
    return f"{call.store_url}/orders/{row.token}"


@field("LineItem", "discountedTotalSet")
def discounted_total(row: Any, call: Call, args: dict[str, Any]) -> dict[str, Any]:
    """Return the line's total; code discounts belong to the whole order here."""
    return money_bag(row.price * row.quantity, _currency(call, row))


@field("MailingAddress", "formatted")
def formatted(row: Any, call: Call, args: dict[str, Any]) -> list[str]:
    """Return the address line by line."""
    name = [row["name"]] if args.get("withName") and row["name"] else []
    company = [row["company"]] if args.get("withCompany") and row["company"] else []
    return [*name, *company, *row["lines"]]


def _parcels(call: Call, row: Order) -> list[Fulfillment]:
    return call.shelf.children(Fulfillment.order_id, Order, row.id)


def _currency(call: Call, line: LineItem) -> str:
    order_row: Order = call.shelf.row(Order, line.order_id)
    return order_row.currency


def _pairs(kept: list[Any]) -> list[dict[str, Any]]:
    return [{"key": one["name"], "value": one.get("value")} for one in kept]


def _shipping_line(row: Order) -> dict[str, Any] | None:
    if row.shipping_address is None:
        return None
    return {
        "id": gid("ShippingLine", row.id + 1),
        "title": "Standard",
        "code": "Standard",
        "source": "shopify",
        "originalPriceSet": money_bag(row.shipping_price, row.currency),
    }


def _fulfilment(row: Order, lines: list[LineItem]) -> str:
    if row.fulfillment_status == "fulfilled":
        return "FULFILLED"
    if row.fulfillment_status == "partial":
        return "PARTIALLY_FULFILLED"
    return "UNFULFILLED" if any(line.requires_shipping for line in lines) else "FULFILLMENT_NOT_REQUIRED"


def _return_status(cases: list[Return]) -> str:
    statuses = {case.status for case in cases}
    for status, word_for_it in (("open", "IN_PROGRESS"), ("requested", "RETURN_REQUESTED"), ("closed", "RETURNED")):
        if status in statuses:
            return word_for_it
    return "NO_RETURN"
