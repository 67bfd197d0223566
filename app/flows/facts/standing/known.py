"""Read what conditions ask about: only the facts that are asked for, for many subjects at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.collections import collections_of
from app.customers import consent
from app.customers.models import Customer
from app.flows.facts.calendars import SeasonSetting
from app.flows.language.conditions.facts import Fact, Known
from app.kit.rows.among import among
from app.kit.rows.question import SHOP, Question, ask, one_of
from app.kit.work import entered_shop
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment
from app.reviews.models import Review
from app.reviews.states import ReviewState
from app.shops.settings import load_once
from app.shops.zone import shop_zone

OF_LINES: Final = frozenset(
    {
        *(Fact.ORDER_QUANTITY, Fact.PRODUCTS, Fact.VARIANTS, Fact.SKUS, Fact.TITLES, Fact.COLLECTIONS),
        *(Fact.NEEDS_SHIPPING, Fact.HAS_GIFT_CARD),
    }
)
OF_HISTORY: Final = frozenset(
    {Fact.ORDER_NUMBER, Fact.CUSTOMER_ORDERS, Fact.DAYS_SINCE_FIRST_ORDER, Fact.DAYS_SINCE_LAST_ORDER}
)
OF_PERSON: Final = frozenset({Fact.ORDER_FOR_SOMEBODY_ELSE, Fact.CUSTOMER_COUNTRY, Fact.ORDER_LANGUAGE})
OF_REVIEWS: Final = frozenset({Fact.REVIEWED, Fact.LOWEST_RATING})
DAY: Final = timedelta(days=1)
SUBSCRIBED: Final = "subscribed"

PLACED: Final = Question(
    select(Order.customer_id, func.array_agg(Order.placed_at).label("placed"))
    .where(
        Order.shop_id == SHOP,
        one_of(Order.customer_id, "people"),
        Order.cancelled_at.is_(None),
        Order.deleted_at.is_(None),
        Order.is_test.is_(False),
    )
    .group_by(Order.customer_id)
)

Values = dict[Fact, object]


@dataclass(frozen=True, slots=True)
class About:
    """Name one subject to ask about: an order, or one parcel of it."""

    key: Hashable
    order: Order
    parcel: Fulfillment | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """When the orders of one person were placed, the first first."""

    at: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """Hold what conditions may ask about beside an order and its parcel. `agreed` is the person's consent's state."""

    lines: Sequence[OrderLine] = ()
    person: Customer | None = None
    placed: Placed | None = None
    agreed: str | None = None
    reviews: Sequence[Review] = ()  # of its order, as they stand
    collections: Mapping[int, frozenset[str] | None] = field(default_factory=dict)  # by product; Shopify's id
    seasons: tuple[str, ...] = ()  # it is


def known(session: Session, about: Sequence[About], asked: Collection[Fact], now: datetime) -> dict[Hashable, Known]:
    """Return what is known of each subject, by its key. What is not asked for is not read."""
    if not asked:
        return {each.key: {} for each in about}
    orders = {each.order.id: each.order for each in about}
    people = sorted({order.customer_id for order in orders.values() if order.customer_id is not None})
    lines = _lines(session, list(orders)) if OF_LINES & set(asked) else {}
    history = order_history(session, people) if OF_HISTORY & set(asked) else {}
    persons = _persons(session, people) if OF_PERSON & set(asked) else {}
    agreed = consent.current(session, people) if Fact.AGREED_TO_MARKETING in asked else {}
    collections = _collections(session, lines) if Fact.COLLECTIONS in asked else {}
    seasons = load_once(session, SeasonSetting).at(now, shop_zone(session)) if Fact.SEASON in asked else ()
    reviews = _reviews(session, list(orders)) if OF_REVIEWS & set(asked) else {}
    found: dict[Hashable, Known] = {}
    for each in about:
        order, person = each.order, each.order.customer_id or 0
        around = Around(
            *(lines.get(order.id, ()), persons.get(person), history.get(person), agreed.get(person)),
            *(reviews.get(order.id, ()), collections, seasons),
        )
        found[each.key] = known_of(each, around, asked, now)
    return found


def known_of(about: About, around: Around, asked: Collection[Fact], now: datetime) -> Known:
    """Return what is known of one subject, given what stands around it."""
    order = about.order
    values = _of_order(order, now) | _of_parcel(about.parcel, now) | {Fact.SEASON: frozenset(around.seasons)}
    if OF_LINES & set(asked):
        values |= _of_lines(around.lines, around.collections)
    if order.customer_id is not None:
        values |= _of_person(order, around.person) | _of_history(order, around.placed, now)
        values[Fact.AGREED_TO_MARKETING] = around.agreed == SUBSCRIBED
    if OF_REVIEWS & set(asked):
        values |= _of_reviews(around.reviews, now)
    return {fact: value for fact, value in values.items() if fact in asked}  # type: ignore[misc] # by fact


def order_history(session: Session, people: Sequence[int]) -> dict[int, Placed]:
    """Return when each person's orders were placed; cancelled, deleted and test orders do not count."""
    (rows,) = ask(session, (PLACED, {"people": list(people)}))
    return {row.customer_id: Placed(tuple(sorted(row.placed))) for row in rows}


def _of_order(order: Order, now: datetime) -> Values:
    return {
        Fact.ORDER_TOTAL: order.total,
        Fact.ORDER_CURRENCY: order.currency,
        Fact.ORDER_COUNTRY: order.country,
        Fact.ORDER_LANGUAGE: order.locale,
        Fact.ORDER_TAGS: frozenset(tag.strip() for tag in order.tags.split(",") if tag.strip()),
        Fact.DISCOUNT_CODES: None if order.discount_codes is None else _each(order.discount_codes.split("\n")),
        Fact.ORDER_PAYMENT: order.financial_status,
        Fact.DAYS_SINCE_ORDER: (now - order.placed_at) // DAY,
    }


def _of_parcel(parcel: Fulfillment | None, now: datetime) -> Values:
    if parcel is None:
        return {}
    arrived = parcel.delivered_at
    return {
        Fact.CARRIER: parcel.tracking_company,
        Fact.TRACKED: parcel.tracking_number is not None,
        Fact.ARRIVED: arrived is not None and arrived <= now,
        Fact.DAYS_SINCE_ARRIVAL: None if arrived is None or arrived > now else (now - arrived) // DAY,
    }


def _of_lines(lines: Sequence[OrderLine], collections: Mapping[int, frozenset[str] | None]) -> Values:
    left = [line for line in lines if line.current_quantity > 0]
    return {
        Fact.ORDER_QUANTITY: sum(line.current_quantity for line in left),
        Fact.PRODUCTS: frozenset(str(line.product_shopify_id) for line in left if line.product_shopify_id),
        Fact.VARIANTS: frozenset(str(line.variant_shopify_id) for line in left if line.variant_shopify_id),
        Fact.SKUS: _skus(left),
        Fact.TITLES: frozenset(line.title for line in left),
        Fact.COLLECTIONS: _any_of(
            [collections.get(line.product_shopify_id) for line in left if line.product_shopify_id]
        ),
        Fact.NEEDS_SHIPPING: any(line.requires_shipping for line in left),
        Fact.HAS_GIFT_CARD: any(line.is_gift_card for line in left),
    }


def _skus(lines: Sequence[OrderLine]) -> frozenset[str] | None:
    """Return them; None as long as one is not known, which could be the one that is asked for."""
    told = [line.sku for line in lines]
    return _each(each for each in told if each) if None not in told else None


def _any_of(told: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    """Return all that is in any; None as long as one is not known, which could hold the one that is asked for."""
    known = [each for each in told if each is not None]
    return frozenset().union(*known) if len(known) == len(told) else None


def _each(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.strip() for word in words if word.strip())


def _of_person(order: Order, person: Customer | None) -> Values:
    if person is None:
        return {}
    both = (order.recipient_name, person.first_name)
    other = None if None in both else both[0] != both[1]
    return {
        Fact.ORDER_FOR_SOMEBODY_ELSE: other,
        Fact.CUSTOMER_COUNTRY: person.country,
        Fact.ORDER_LANGUAGE: order.locale or person.locale,
    }


def _of_history(order: Order, placed: Placed | None, now: datetime) -> Values:
    if placed is None:
        return {}
    return {
        Fact.ORDER_NUMBER: sum(at <= order.placed_at for at in placed.at),
        Fact.CUSTOMER_ORDERS: len(placed.at),
        Fact.DAYS_SINCE_FIRST_ORDER: (now - placed.at[0]) // DAY,
        Fact.DAYS_SINCE_LAST_ORDER: (now - placed.at[-1]) // DAY,
    }


def _lines(session: Session, orders: Sequence[int]) -> dict[int, list[OrderLine]]:
    found: dict[int, list[OrderLine]] = defaultdict(list)
    for line in session.scalars(
        select(OrderLine).where(OrderLine.shop_id == entered_shop(session), among(OrderLine.order_id, orders))
    ):
        found[line.order_id].append(line)
    return found


def _collections(session: Session, lines: Mapping[int, Sequence[OrderLine]]) -> Mapping[int, frozenset[str] | None]:
    wanted = {line.product_shopify_id for some in lines.values() for line in some if line.product_shopify_id}
    return collections_of(session, sorted(wanted))


def _persons(session: Session, people: Sequence[int]) -> dict[int, Customer]:
    rows = session.scalars(
        select(Customer).where(Customer.shop_id == entered_shop(session), among(Customer.id, people))
    )
    return {row.id: row for row in rows}


def _reviews(session: Session, orders: Sequence[int]) -> dict[int, list[Review]]:
    found: dict[int, list[Review]] = defaultdict(list)
    for review in session.scalars(
        select(Review).where(Review.shop_id == entered_shop(session), among(Review.order_id, orders))
    ):
        found[review.order_id].append(review)
    return found


def _of_reviews(reviews: Sequence[Review], now: datetime) -> Values:
    """Return what is known of reviews. Stars count once they are public: nothing is decided by them before."""
    shown = [each for each in reviews if each.state is ReviewState.PUBLISHED]
    public = [each.rating for each in shown if each.published_at is not None and each.published_at <= now]
    return {Fact.REVIEWED: bool(reviews), Fact.LOWEST_RATING: min(public, default=None)}
