"""Fetch the truth a webhook only hints at, whole and as facts. Every function may raise AdminFault or PayloadError."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from app.shopify.asking.admin import AdminClient, Reply
from app.shopify.asking.admin_faults import AccessDenied
from app.shopify.payloads import PayloadError, node_orders, node_people
from app.shopify.payloads.facts import DetailsFacts, FulfillmentFacts, LineFacts, OrderFacts, ReturnFacts
from app.shopify.payloads.fields import Fields
from app.shopify.payloads.goods import CollectionFacts, ProductFacts
from app.shopify.payloads.people import CustomerFacts, ShopFacts

MOST_IDS = 250  # Shopify's limit for an array
REFUNDS_OF_A_PAGE = 2  # the size orders_updated.graphql asks for; a list of refunds does not say that it goes on
MOST_PAGES = 100  # of one order's lines: at most 500 lines exist, so more means a cursor that does not move

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Unread:
    """Name one of a list that cannot be used: its kind, its id where that can be read, and which field is why."""

    kind: str  # Order | Product | Customer
    shopify_id: int | None
    fault: str


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Hold one page of a list, without those that cannot be used. `next_cursor` is None on the last one."""

    items: tuple[Item, ...]
    next_cursor: str | None
    unread: tuple[Unread, ...] = ()


def order(client: AdminClient, shopify_id: int) -> OrderFacts | None:
    """Return an order with all its lines and parcels, or None when the shop has no such order."""
    reply, denied = _ask_for_orders(client, "order", id=_gid("Order", shopify_id))
    node = reply.data.get("order")
    return None if node is None else _completed(client, node_orders.order(node, denied | reply.denied_below("order")))


def order_details(client: AdminClient, shopify_ids: Sequence[int]) -> Page[DetailsFacts]:
    """Return parcels, refunds and returns of those of a few orders that still exist, whole."""
    reply = client.ask("order_details", ids=[_gid("Order", shopify_id) for shopify_id in shopify_ids])

    def read(node: Any, _place: int) -> DetailsFacts:
        told = node_orders.details(node)
        whole = order(client, told.shopify_id) if told.is_cut or len(told.refunds) > REFUNDS_OF_A_PAGE else None
        if whole is None:
            return told
        return DetailsFacts(told.shopify_id, whole.fulfillments, whole.refunds, whole.returns, is_cut=False)

    nodes = [node for node in Fields(reply.data).loose_list("nodes") if isinstance(node, dict) and "id" in node]
    return _page("Order", nodes, None, read)


def orders_updated(client: AdminClient, since: datetime, cursor: str | None = None) -> Page[OrderFacts]:
    """Return a page of orders changed at or after `since`, oldest change first."""
    reply, denied = _ask_for_orders(client, "orders_updated", query=_since(since), after=cursor)

    def read(node: Any, place: int) -> OrderFacts:
        told = node_orders.order(node, denied | reply.denied_below("orders", "nodes", place))
        return (order(client, told.shopify_id) or told) if _is_cut(told) else told

    return _page("Order", *_nodes(reply, "orders"), read)


def return_case(client: AdminClient, shopify_id: int) -> ReturnFacts | None:
    """Return a return with up to 100 lines, or None when the shop has no such return."""
    node = client.ask("return_case", id=_gid("Return", shopify_id)).data.get("return")
    return None if node is None else node_orders.return_case(node)


def product(client: AdminClient, shopify_id: int) -> ProductFacts | None:
    """Return a product with up to 250 variants and collections, or None when the shop has no such product."""
    node = client.ask("product", id=_gid("Product", shopify_id)).data.get("product")
    return None if node is None else node_people.product(node)


def products(client: AdminClient, since: datetime | None = None, cursor: str | None = None) -> Page[ProductFacts]:
    """Return a page of products, those changed at or after `since` where it is given, oldest change first."""
    reply = client.ask("products", query=since and _since(since), after=cursor)

    def read(node: Any, _place: int) -> ProductFacts:
        told = node_people.product(node)
        return (product(client, told.shopify_id) or told) if told.truncated else told

    return _page("Product", *_nodes(reply, "products"), read)


def collection(client: AdminClient, shopify_id: int) -> CollectionFacts | None:
    """Return a collection with all that is in it, or None when the shop has no such collection."""
    products: set[int] = set()
    cursor: str | None = None
    while True:
        reply = client.ask("collection_products", id=_gid("Collection", shopify_id), after=cursor)
        told = Fields(reply.data).maybe_child("collection")
        if told is None:
            return None
        page = told.child("products")
        found = {each.identifier("id") for each in page.children("nodes")}
        cursor = _next_cursor(page) if found - products else None  # a cursor that does not move ends it too
        products |= found
        if cursor is None:
            return CollectionFacts(shopify_id, told.text("handle"), frozenset(products))


def collections(client: AdminClient, since: datetime, cursor: str | None = None) -> Page[int]:
    """Return a page of the ids of collections changed at or after `since`, oldest change first."""
    nodes, next_cursor = _nodes(client.ask("collections", query=_since(since), after=cursor), "collections")
    return Page(tuple(Fields(node).identifier("id") for node in nodes), next_cursor)


def collections_of(client: AdminClient, shopify_ids: Sequence[int]) -> dict[int, tuple[tuple[int, str], ...]]:
    """Return (id, handle) of the collections each of a few products is in; those that are no more are left out."""
    reply = client.ask("products_collections", ids=[_gid("Product", shopify_id) for shopify_id in shopify_ids])
    if reply.denied:
        raise AccessDenied("products_collections", unapproved=reply.unapproved)
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for node in Fields(reply.data).loose_list("nodes"):
        if not isinstance(node, dict) or "id" not in node:
            continue
        told = Fields(node)
        is_cut = told.child("collections").child("pageInfo").flag("hasNextPage")
        whole = product(client, told.identifier("id")) if is_cut else None
        found[told.identifier("id")] = whole.collections if whole else node_people.collections_of(node)
    return found


def customer(client: AdminClient, shopify_id: int) -> CustomerFacts | None:
    """Return a customer, or None when the shop has no such customer."""
    reply = client.ask("customer", id=_gid("Customer", shopify_id))
    node = reply.data.get("customer")
    return None if node is None else node_people.customer(node, reply.denied_below("customer"))


def customers(client: AdminClient, since: datetime | None = None, cursor: str | None = None) -> Page[CustomerFacts]:
    """Return a page of customers, those changed at or after `since` where it is given, oldest change first."""
    reply = client.ask("customers", query=since and _since(since), after=cursor)

    def read(node: Any, place: int) -> CustomerFacts:
        return node_people.customer(node, reply.denied_below("customers", "nodes", place))

    return _page("Customer", *_nodes(reply, "customers"), read)


def shop(client: AdminClient) -> ShopFacts:
    """Return what the shop is called and where it is."""
    return node_people.shop(client.ask("shop").data.get("shop"))


def granted_scopes(client: AdminClient) -> frozenset[str]:
    """Return the scopes the app has in this shop now."""
    installation = Fields(client.ask("installation").data).child("currentAppInstallation")
    return frozenset(scope.text("handle") for scope in installation.children("accessScopes"))


def existing(client: AdminClient, kind: str, shopify_ids: Iterable[int]) -> frozenset[int]:
    """Return those of the ids that still exist in the shop; `kind` is a type such as "Order" or "Product".

    Raise AccessDenied where the shop may not say: what is withheld looks the same as what is gone.
    """
    wanted = sorted(set(shopify_ids))
    found: set[int] = set()
    for start in range(0, len(wanted), MOST_IDS):
        ids = [_gid(kind, shopify_id) for shopify_id in wanted[start : start + MOST_IDS]]
        reply = client.ask("nodes", ids=ids)
        if reply.denied:
            raise AccessDenied("nodes", unapproved=reply.unapproved)
        nodes = reply.data.get("nodes")
        found.update(Fields(node).identifier("id") for node in nodes or () if node is not None)
    return frozenset(found)


def _ask_for_orders(client: AdminClient, name: str, **variables: Any) -> tuple[Reply, frozenset[str]]:
    """Return the answer, and what was left out of the question because Shopify withholds it.

    The status page's address cannot be null: where it is withheld, it takes the whole order with it.
    """
    try:
        return client.ask(name, **variables), frozenset()
    except AccessDenied:
        return client.ask(name, **variables, statusPage=False), frozenset({"statusPageUrl"})


def _is_cut(it: OrderFacts) -> bool:
    return (
        bool(it.truncated)
        or len(it.refunds) >= REFUNDS_OF_A_PAGE
        or any(parcel.truncated for parcel in it.fulfillments)
        or any(refund.truncated for refund in it.refunds)
        or any(case.truncated for case in it.returns)
    )


def _completed(client: AdminClient, it: OrderFacts) -> OrderFacts:
    """Return the order with what did not fit into one answer: further lines, parcels, and what hangs on those."""
    changed: dict[str, Any] = {}
    if "lines" in it.truncated:
        changed["lines"] = _lines(client, it.shopify_id)
    parcels = it.fulfillments
    if "fulfillments" in it.truncated:
        reply = client.ask("order_parcels", id=_gid("Order", it.shopify_id))
        ids = [parcel.identifier("id") for parcel in Fields(reply.data).inner("order").children("fulfillments")]
        known = {parcel.shopify_id: parcel for parcel in parcels}
        parcels = tuple(known.get(shopify_id) or _fulfillment(client, shopify_id) for shopify_id in ids)
    if parcels is not it.fulfillments or any(parcel.truncated for parcel in parcels):
        changed["fulfillments"] = tuple(
            _fulfillment(client, parcel.shopify_id) if parcel.truncated else parcel for parcel in parcels
        )
    returns = tuple((return_case(client, case.shopify_id) or case) if case.truncated else case for case in it.returns)
    return replace(it, **changed, returns=returns, truncated=it.truncated - changed.keys())


def _lines(client: AdminClient, shopify_id: int) -> tuple[LineFacts, ...]:
    lines: list[LineFacts] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        node = client.ask("order_lines", id=_gid("Order", shopify_id), after=cursor).data.get("order")
        lines += node_orders.lines(node)
        cursor = _next_cursor(Fields(node).child("lineItems"))
        if cursor is None:
            break
    return tuple(lines)


def _fulfillment(client: AdminClient, shopify_id: int) -> FulfillmentFacts:
    return node_orders.fulfillment(
        client.ask("fulfillment", id=_gid("Fulfillment", shopify_id)).data.get("fulfillment")
    )


def _nodes(reply: Reply, name: str) -> tuple[list[Any], str | None]:
    connection = Fields(reply.data).child(name)
    return connection.loose_list("nodes"), _next_cursor(connection)


def _page(kind: str, nodes: Iterable[Any], next_cursor: str | None, read: Callable[[Any, int], Item]) -> Page[Item]:
    """Read the nodes one by one: an odd one must not hold up the others, nor the pages after them."""
    found: list[Item] = []
    unread: list[Unread] = []
    for place, node in enumerate(nodes):
        try:
            found.append(read(node, place))
        except PayloadError as fault:
            unread.append(Unread(kind, _id_of(node), str(fault)))
    return Page(tuple(found), next_cursor, tuple(unread))


def _id_of(node: Any) -> int | None:
    try:
        return Fields(node).maybe_identifier("id")
    except PayloadError:
        return None


def _next_cursor(connection: Fields) -> str | None:
    page = connection.child("pageInfo")
    return page.text("endCursor") if page.flag("hasNextPage") else None


def _since(moment: datetime) -> str:
    return f"updated_at:>='{moment.astimezone(UTC).strftime('%Y-%m-%dT%H:%M:%SZ')}'"


def _gid(kind: str, shopify_id: int) -> str:
    return f"gid://shopify/{kind}/{shopify_id}"
