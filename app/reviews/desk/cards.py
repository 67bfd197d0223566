"""Put a review's card into words, by the merchant's clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.messages.mail.wording import day
from app.reviews.desk.queries import Card
from app.reviews.desk.reason_words import held_words, hidden_words, published_words
from app.reviews.states import ReviewState

MOST_STARS = 5


@dataclass(frozen=True, slots=True)
class Shown:
    """One card in words. `stars` are drawn, `rating` is said."""

    id: int
    customer_id: int
    stars: str
    rating: str
    body: str
    name: str
    product: str
    verified: str
    submitted: str
    state: str
    note: str


def shown(card: Card, zone: ZoneInfo, now: datetime) -> Shown:
    """Return one card in words."""
    review = card.review
    arrived = f", arrived {day(card.arrived_at, zone, 'en', now)}" if card.arrived_at else ""
    notes = {
        ReviewState.PENDING: _waits(card, zone, now),
        ReviewState.PUBLISHED: published_words(review.held_for),
        ReviewState.HIDDEN: hidden_words(review.hidden_reason),
    }
    return Shown(
        id=review.id,
        customer_id=review.customer_id,
        stars="★" * review.rating + "☆" * (MOST_STARS - review.rating),
        rating=f"{review.rating} of {MOST_STARS} stars",
        body=review.body,
        name=review.name_shown or "Without a name",
        product=card.product,
        verified=f"Verified: order {card.order}{arrived}" if review.verified and card.order else "Not verified",
        submitted=f"Received {day(review.submitted_at, zone, 'en', now)}",
        state=review.state,
        note=notes[review.state],
    )


def _waits(card: Card, zone: ZoneInfo, now: datetime) -> str:
    review = card.review
    held = held_words(review.held_for)
    if review.decides_at is None:
        return held
    on = day(review.decides_at, zone, "en", now)
    return f"{held} Unless you decide before, it is published by itself on {on}, without that."
