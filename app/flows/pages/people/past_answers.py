"""Read what a person said: reviews, choices about mail, agreement to marketing, and an address that stopped working."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.models import Product
from app.customers.ledger import Source
from app.customers.models import ConsentEntry, Preference
from app.flows.pages.people.chosen import product_titles
from app.flows.pages.people.entries import Entry, Span, Whose
from app.flows.words.people.choice_words import choice_words, chooser_words
from app.flows.words.people.consent_words import consent_words, source_words
from app.orders.models import OrderLine
from app.reviews.models import Review
from app.reviews.states import ReviewState

REVIEW_BADGES: Final = {
    ReviewState.PENDING: ("To decide", "warning"),
    ReviewState.PUBLISHED: ("Published", "success"),
    ReviewState.HIDDEN: ("Hidden", "neutral"),
}
LONGEST: Final = 300  # characters of a review; the whole of it is on the page of reviews


def reviews(session: Session, whose: Whose, span: Span) -> list[Entry]:
    """Return the person's reviews."""
    lines = select(OrderLine.id).where(OrderLine.shop_id == whose.shop_id, OrderLine.order_id.in_(whose.orders()))
    query = (
        select(Review, OrderLine.title, Product.title)
        .join(OrderLine, (OrderLine.shop_id == Review.shop_id) & (OrderLine.id == Review.order_line_id))
        .join(
            Product,
            (Product.shop_id == Review.shop_id) & (Product.shopify_id == Review.product_shopify_id),
            isouter=True,
        )
        .where(Review.shop_id == whose.shop_id, Review.order_line_id.in_(lines))
    )
    found = []
    for review, bought, product in session.execute(span.of(query, Review.submitted_at)):
        badge, tone = REVIEW_BADGES[review.state]
        title = f"{review.rating} of 5 stars for {product or bought}"
        body = review.body if len(review.body) <= LONGEST else f"{review.body[:LONGEST].rstrip()}…"
        found.append(Entry(review.submitted_at, title, body, badge, tone))
    return found


def choices(session: Session, whose: Whose, span: Span) -> list[Entry]:
    """Return what was switched off, on or paused, and by whom."""
    if whose.customer is None:
        return []
    query = select(Preference).where(Preference.shop_id == whose.shop_id, Preference.customer_id == whose.customer.id)
    rows = session.scalars(span.of(query, Preference.happened_at)).all()
    titles = product_titles(session, rows)
    return [
        Entry(
            row.happened_at,
            choice_words(row.topic, row.value, titles.get(row.product_shopify_id, "a product")),
            f"By {chooser_words(row.source, row.done_by)}",
        )
        for row in rows
    ]


def consent(session: Session, whose: Whose, span: Span) -> list[Entry]:
    """Return statements about marketing. Those made by unsubscribing from a mail are told with that mail."""
    if whose.customer is None:
        return []
    query = select(ConsentEntry).where(
        ConsentEntry.shop_id == whose.shop_id,
        ConsentEntry.customer_id == whose.customer.id,
        ConsentEntry.source.not_in([Source.OUR_LINK, Source.PREFERENCES]),
    )
    return [
        Entry(row.happened_at, consent_words(row.state), f"Source: {source_words(row.source)}")
        for row in session.scalars(span.of(query, ConsentEntry.happened_at))
    ]
