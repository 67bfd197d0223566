"""Answer for customers and their consent."""

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, select

from devstore.platform.admin_api.call import Call
from devstore.platform.admin_api.connection import Page, page_from
from devstore.platform.admin_api.field import attributes, computed, field, globally, upper
from devstore.platform.admin_api.money import address, money
from devstore.platform.admin_api.orders import note, one_order, order_page, reachable, sums
from devstore.platform.admin_api.search import moment, number, search, word
from devstore.platform.names import read_gid
from devstore.state.models import Customer, Order
from devstore.world.customers import set_consent
from devstore.world.refused import Refused

SORTS: dict[str, ColumnElement[Any]] = {
    "CREATED_AT": Customer.created_at.expression,
    "ID": Customer.id.expression,
    "UPDATED_AT": Customer.updated_at.expression,
}
SEARCH = {
    "updated_at": moment(Customer.updated_at),
    "customer_date": moment(Customer.created_at),
    "id": number(Customer.id),
    "email": word(Customer.email),
    "first_name": word(Customer.first_name),
    "last_name": word(Customer.last_name),
}

globally("Customer")
attributes("Customer", "firstName", "lastName", "locale", "tags", "note", "createdAt", "updatedAt", "verifiedEmail")
upper("Customer", state="state")
computed(
    "Customer",
    displayName=lambda row, call: " ".join(filter(None, (row.first_name, row.last_name))) or row.email or "",
    dataSaleOptOut=lambda row, call: False,
    defaultAddress=lambda row, call: address(row.address, row.id),
    defaultEmailAddress=lambda row, call: row if row.email else None,
    defaultPhoneNumber=lambda row, call: row if row.phone else None,
    lastOrder=lambda row, call: one_order(call, row.last_order_id) if row.last_order_id else None,
    numberOfOrders=lambda row, call: _tally(call, row)[0],
    amountSpent=lambda row, call: money(_tally(call, row)[1], call.shop.currency),
)
computed(
    "CustomerEmailAddress",
    emailAddress=lambda row, call: row.email,
    marketingState=lambda row, call: row.email_consent.upper(),
    marketingOptInLevel=lambda row, call: row.email_consent_level.upper() if row.email_consent_level else None,
    marketingUpdatedAt=lambda row, call: row.email_consent_at,
    openTrackingLevel=lambda row, call: row.open_tracking.upper(),
    openTrackingUrl=lambda row, call: f"{call.store_url}/open-tracking/{row.id}",
    marketingUnsubscribeUrl=lambda row, call: f"{call.store_url}/unsubscribe/{row.id}",
    validFormat=lambda row, call: True,
)
computed(
    "CustomerPhoneNumber",
    phoneNumber=lambda row, call: row.phone,
    smsMarketingConsent=lambda row, call: {"state": "NEVER_SUBSCRIBED", "optInLevel": None},
)
attributes("CustomerSmsMarketingConsent", "collectedFrom", "optInLevel", "state", "updatedAt")


def one_customer(call: Call, number_of_it: int) -> Customer | None:
    """Return one customer of the shop."""
    row: Customer | None = call.shelf.row(Customer, number_of_it)
    return row if row is not None and row.shop_id == call.shop.id else None


@field("QueryRoot", "customer")
def customer(_: Any, call: Call, args: dict[str, Any]) -> Customer | None:
    """Return a customer by id."""
    ident = read_gid(args["id"])
    return one_customer(call, ident[1]) if ident and ident[0] == "Customer" else None


@field("QueryRoot", "customers")
def customers(_: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of customers."""
    found = search(args.get("query"), SEARCH)
    note(call, args, found)
    statement = select(Customer).where(Customer.shop_id == call.shop.id, *found.conditions)
    sort = SORTS.get(args.get("sortKey", "ID"), Customer.id.expression)
    page = page_from(call.session, statement, args, sort, Customer.id.expression)
    call.shelf.put(page.nodes)
    return page


@field("Customer", "orders")
def customer_orders(row: Any, call: Call, args: dict[str, Any]) -> Page:
    """Return a page of the customer's orders."""
    return order_page(call, reachable(call).where(Order.customer_id == row.id), args)


@field("Mutation", "customerEmailMarketingConsentUpdate")
def update_consent(_: Any, call: Call, args: dict[str, Any]) -> dict[str, Any]:
    """Record a choice about marketing e-mail and announce it."""
    given = args["input"]
    ident = read_gid(given["customerId"])
    row = one_customer(call, ident[1]) if ident and ident[0] == "Customer" else None
    if row is None:
        return _refused(["input", "customerId"], "Customer not found", "INVALID")
    consent = given["emailMarketingConsent"]
    state = consent["marketingState"].lower()
    if state not in {"subscribed", "unsubscribed", "pending"}:
        field_of_it = ["input", "emailMarketingConsent", "marketingState"]
        return _refused(field_of_it, f"Cannot specify {state.upper()} as a marketing state input", "INVALID")
    level = consent.get("marketingOptInLevel")
    try:
        set_consent(
            call.session,
            call.shop,
            row,
            state,
            level=(level or "unknown").lower(),
            at=consent.get("consentUpdatedAt"),
        )
    except Refused as refusal:
        return _refused(["input", refusal.field], refusal.message, "INVALID")
    return {"customer": row, "userErrors": []}


def _refused(where: list[str], message: str, code: str) -> dict[str, Any]:
    return {"customer": None, "userErrors": [{"field": where, "message": message, "code": code}]}


def _tally(call: Call, row: Customer) -> tuple[int, Decimal]:
    found = list(call.session.scalars(select(Order).where(Order.customer_id == row.id, Order.shop_id == row.shop_id)))
    call.shelf.put(found)
    return len(found), sum((sums(call, one).current_total for one in found), Decimal(0))
