"""Read a shop's past in a few queries, as it was kept: no decision, plan or message is among what is read.

Of a message somebody decided about by hand the name is read: whose step it is, about what.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from app.catalog.collections import collections_of
from app.customers.address import address_hash, normalise
from app.customers.consent import EMAIL
from app.customers.ledger import Statement
from app.customers.models import ConsentEntry, Customer, Preference, Suppression
from app.experiments import hold_out
from app.experiments.models import Experiment, Exposure
from app.flows.facts import published
from app.flows.facts.gather_left_out import Exclusions, by_product, products_left_out
from app.flows.models import Flow, FlowVersion
from app.flows.replay.history.by_hand import by_hand
from app.flows.replay.history.past import Changed, FlowPast, OrderPast, Past
from app.flows.replay.history.rows import customer_row, order_row
from app.flows.replay.history.unroll import unrolled
from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.orders.models import ArrivalDenial, Order, OrderEvent, OrderLine
from app.orders.record.known import KNOWN, stands
from app.reviews.models import Review
from app.shops.left_out import LeftOut
from app.shops.models import ShopSetting
from app.shops.settings import load_all
from app.shops.zone import zone_name

# What never changes of an order, or is not among what is noted of it; a person as they are.
OF_ORDER: Final = (
    *(Order.shop_id, Order.id, Order.name, Order.customer_id, Order.email, Order.province, Order.zip),
    *(Order.country, Order.locale, Order.placed_at, Order.recipient_name),
)
OF_CUSTOMER: Final = (
    *(Customer.id, Customer.email, Customer.first_name, Customer.locale, Customer.country, Customer.tags),
    *(Customer.erased_at, Customer.merged_into, Customer.merged_at),
)
AT_ONCE: Final = 5_000  # orders
Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def load(session: Session) -> Past:
    """Return what is kept of the shop's orders, people, flows and settings; the rows are let go of."""
    return page(session, frame(session), [one for group in people(session) for one in group])


def frame(session: Session) -> Past:
    """Return what holds for all orders alike: flows, settings, holdouts. No order is in it."""
    shop = entered_shop(session)
    settings = session.execute(
        select(ShopSetting.saved_at, ShopSetting.section, ShopSetting.values)
        .where(ShopSetting.shop_id == shop)
        .order_by(ShopSetting.saved_at, ShopSetting.id)
    )
    return Past(
        shop_id=shop,
        shop_zone=zone_name(session),
        flows=_flows(session, shop),
        orders=(),
        settings=[(row.saved_at, row.section, row.values) for row in settings],
        shares=hold_out.shares(session),
        left_out=_left_out(session),
    )


def people(session: Session) -> list[list[int]]:
    """Return our ids of all orders by who is behind them, whoever ordered first before the others."""
    rows = session.execute(
        select(Order.id, Order.customer_id, Order.email, Customer.email.label("theirs"))
        .outerjoin(Customer, (Customer.shop_id == Order.shop_id) & (Customer.id == Order.customer_id))
        .where(Order.shop_id == entered_shop(session))
        .order_by(Order.id)
    )
    return list(_by((_person(row.id, row.customer_id, row.theirs or row.email), row.id) for row in rows).values())


def page(session: Session, around: Past, ids: Sequence[int]) -> Past:
    """Return the past of some orders, each table asked once. What holds for all of them is in `around` already."""
    shop = entered_shop(session)
    learned = dict(_learned(session, shop, ids))
    learned |= _told_by_dates(session, [each for each in ids if each not in learned])
    rows = session.execute(select(*OF_ORDER).where(Order.shop_id == shop, among(Order.id, ids)).order_by(Order.id))
    orders = [order_row(**row) for row in rows.mappings()]
    known = {order.customer_id for order in orders if order.customer_id is not None}
    rows = session.execute(select(*OF_CUSTOMER).where(Customer.shop_id == shop, among(Customer.id, known)))
    customers = {row["id"]: customer_row(**row) for row in rows.mappings()}
    reviews = _by(
        (row.order_id, row)
        for row in session.scalars(
            select(Review).where(Review.shop_id == shop, among(Review.order_id, ids)).order_by(Review.id)
        )
    )
    choices = session.scalars(
        select(Preference)
        .where(Preference.shop_id == shop, among(Preference.customer_id, known))
        .order_by(Preference.happened_at, Preference.id)
    )
    addresses = {order.email for order in orders} | {one.email for one in customers.values()}
    stops = session.scalars(
        select(Suppression)
        .where(
            Suppression.shop_id == shop,
            among(Suppression.address_hash, [address_hash(each) for each in addresses if each]),
        )
        .order_by(Suppression.id)
    )
    denials = session.execute(
        select(ArrivalDenial.order_line_id, ArrivalDenial.said_at)
        .join(OrderLine, (OrderLine.shop_id == ArrivalDenial.shop_id) & (OrderLine.id == ArrivalDenial.order_line_id))
        .where(ArrivalDenial.shop_id == shop, among(OrderLine.order_id, ids))
        .order_by(ArrivalDenial.said_at)
    )
    past = replace(
        around,
        orders=[OrderPast(row, learned[row.id], tuple(reviews.get(row.id, ()))) for row in orders if row.id in learned],
        customers=customers,
        statements=_statements(session, shop, known),
        choices=_by((row.customer_id, row) for row in choices),
        stops=_by((row.address_hash, row) for row in stops),
        denials=_by((row.order_line_id, row.said_at) for row in denials),
        titles=_titles(session, shop, ids),
        collections=_collections(session, shop, ids),
        arms=_arms(session, shop, known),
        by_hand=_by(by_hand(session, shop, ids)),
    )
    session.expunge_all()
    return past


def _titles(session: Session, shop: int, ids: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        select(OrderLine.id, OrderLine.title).where(OrderLine.shop_id == shop, among(OrderLine.order_id, ids))
    )
    return {row.id: row.title for row in rows}


def _collections(session: Session, shop: int, ids: Sequence[int]) -> Mapping[int, frozenset[str] | None]:
    lines = select(OrderLine.product_shopify_id).where(OrderLine.shop_id == shop, among(OrderLine.order_id, ids))
    return collections_of(session, [number for number in session.scalars(lines.distinct()) if number is not None])


def _arms(session: Session, shop: int, known: Iterable[int]) -> dict[int, list[tuple[datetime, str, str]]]:
    rows = session.execute(
        select(Exposure.customer_id, Exposure.happened_at, Experiment.key, Exposure.arm)
        .join(Experiment, (Experiment.shop_id == Exposure.shop_id) & (Experiment.id == Exposure.experiment_id))
        .where(Exposure.shop_id == shop, among(Exposure.customer_id, known))
        .order_by(Exposure.happened_at, Exposure.id)
    )
    return _by((customer, (at, key, arm)) for customer, at, key, arm in rows)


def together(past: Past) -> list[list[OrderPast]]:
    """Return the orders by who is behind them: one customer, or several who share an address."""

    def behind(one: OrderPast) -> object:
        customer = past.customers.get(one.order.customer_id or 0)
        return _person(one.order.id, one.order.customer_id, (customer.email if customer else None) or one.order.email)

    return list(_by((behind(one), one) for one in past.orders).values())


def _person(order_id: int, customer_id: int | None, address: str | None) -> object:
    return normalise(address) or customer_id or -order_id


def _learned(session: Session, shop: int, ids: Sequence[int]) -> Mapping[int, Sequence[tuple[datetime, Changed]]]:
    rows = session.execute(
        select(OrderEvent.order_id, OrderEvent.happened_at, OrderEvent.changed)
        .where(OrderEvent.shop_id == shop, OrderEvent.kind == KNOWN, among(OrderEvent.order_id, ids))
        .order_by(OrderEvent.order_id, OrderEvent.subject_id)
    )
    return _by((row.order_id, (row.happened_at, row.changed)) for row in rows)


def _told_by_dates(session: Session, orders: Sequence[int]) -> Iterable[tuple[int, list[tuple[datetime, Changed]]]]:
    """Yield the past of orders nobody noted what was known of, by the dates in their rows."""
    for start in range(0, len(orders), AT_ONCE):
        state: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
        for order_id, key, values in stands(session, orders[start : start + AT_ONCE]):
            state[order_id][key] = values
        for order_id, found in state.items():
            yield order_id, list(unrolled(found))


def _flows(session: Session, shop: int) -> list[FlowPast]:
    flows = session.scalars(select(Flow).where(Flow.shop_id == shop).order_by(Flow.id)).all()
    rows = session.execute(
        select(FlowVersion.flow_id, FlowVersion.number, FlowVersion.published_at)
        .where(FlowVersion.shop_id == shop)
        .order_by(FlowVersion.flow_id, FlowVersion.number)
    ).all()
    documents = published.documents(session, [(row.flow_id, row.number) for row in rows])
    versions = _by((row.flow_id, (row.published_at, row.number, documents[row.flow_id, row.number])) for row in rows)
    return [FlowPast(flow, versions[flow.id]) for flow in flows]


def _statements(
    session: Session, shop: int, known: Iterable[int]
) -> Mapping[int, Sequence[tuple[datetime, Statement]]]:
    """Return what was said and when we knew; never before it was said, where a simulated store's clock runs ahead."""
    rows = session.execute(
        select(
            ConsentEntry.customer_id,
            ConsentEntry.received_at,
            ConsentEntry.state,
            ConsentEntry.happened_at,
            ConsentEntry.source,
            ConsentEntry.said_of,
            ConsentEntry.joined_at,
        )
        .where(ConsentEntry.shop_id == shop, ConsentEntry.channel == EMAIL, among(ConsentEntry.customer_id, known))
        .order_by(ConsentEntry.received_at, ConsentEntry.id)
    )
    return _by(
        (customer, (max(received_at, happened_at), Statement(state, happened_at, source, said_of, joined_at)))
        for customer, received_at, state, happened_at, source, said_of, joined_at in rows
    )


def _left_out(session: Session) -> Exclusions:
    rules = load_all(session).of(LeftOut)
    return Exclusions(rules, products_left_out(session, rules, true()) if by_product(rules) else {})


def _by(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, list[Value]]:
    found: dict[Key, list[Value]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
