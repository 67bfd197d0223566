"""Keep what a shopper said: one review per order line and customer; saying it again edits it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.events import emit
from app.kit.rows.upsert import find_or_make
from app.kit.signing import new_public_id
from app.orders.models import Order, OrderLine
from app.orders.record.told import OrderChanged
from app.reviews import change
from app.reviews.models import Review
from app.reviews.moderation import DECIDES_AFTER, judge
from app.reviews.page.forms import ReviewDraft
from app.reviews.states import ReviewState
from app.reviews.storefront.keep_summary import product_changed

WRITER = "writer"


@dataclass(frozen=True, slots=True)
class Writer:
    """Say who writes: the order's customer, the name to fall back to, the language of the page."""

    customer_id: int
    name: str
    locale: str


def submit(session: Session, order: Order, drafts: Sequence[ReviewDraft], writer: Writer) -> list[Review]:
    """Keep the drafts, judge each anew, and recompute the products they are about."""
    now = business_now(session)
    lines = {
        line.id: line
        for line in session.scalars(
            select(OrderLine).where(
                OrderLine.shop_id == order.shop_id,
                OrderLine.order_id == order.id,
                OrderLine.id.in_([draft.order_line_id for draft in drafts]),
            )
        )
    }
    # In the order of their lines, so that two forms of one order never wait for each other.
    in_order = sorted(drafts, key=lambda draft: draft.order_line_id)
    kept = [_keep(session, order, lines[draft.order_line_id], draft, writer, now) for draft in in_order]
    for product in sorted({review.product_shopify_id for review in kept}):
        product_changed(session, product)
    emit(session, OrderChanged(order.id))
    return kept


def _keep(session: Session, order: Order, line: OrderLine, draft: ReviewDraft, writer: Writer, now: datetime) -> Review:
    name = writer.name if draft.name_shown is None else draft.name_shown
    verdict = judge(draft.body, name)
    values = {
        "rating": draft.rating,
        "body": draft.body,
        "name_shown": name,
        "locale": writer.locale,
        "state": verdict.state,
        "held_for": verdict.held_for,
        "decides_at": now + DECIDES_AFTER if verdict.state is ReviewState.PENDING else None,
    }
    review, made = find_or_make(
        session,
        Review,
        {"shop_id": order.shop_id, "order_line_id": line.id, "customer_id": writer.customer_id},
        values
        | {
            "order_id": order.id,
            "product_shopify_id": line.product_shopify_id or 0,
            "public_id": new_public_id(),
            "submitted_at": now,
            "published_at": now if verdict.state is ReviewState.PUBLISHED else None,
            "verified": True,
        },
    )
    if made:
        change.append(session, review, "submitted", WRITER, now)
        return review
    if (review.rating, review.body, review.name_shown) == (draft.rating, draft.body, name):
        return review  # the same form sent twice, or the back button
    hidden = review.state is ReviewState.HIDDEN
    if review.decides_at is not None and values["decides_at"] is not None:
        values["decides_at"] = review.decides_at  # an edit does not put its day off
    for column, value in values.items():
        if not (hidden and column in {"state", "held_for", "decides_at"}):  # a merchant's decision outlives an edit
            setattr(review, column, value)
    if review.state is ReviewState.PUBLISHED:
        review.published_at = review.published_at or now
    session.flush()
    change.append(session, review, "edited", WRITER, now)
    return review
