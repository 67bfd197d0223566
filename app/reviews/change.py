"""Append to a review's history: each entry's digest covers the one before it, so that a silent edit shows."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.reviews.models import Review, ReviewChange

FIRST = "0" * 64


def append(session: Session, review: Review, kind: str, actor: str, at: datetime) -> None:
    """Append one change with the review as it now reads. The review's row must be locked by the caller."""
    last = session.scalars(
        select(ReviewChange)
        .where(ReviewChange.shop_id == review.shop_id, ReviewChange.review_id == review.id)
        .order_by(ReviewChange.n.desc())
        .limit(1),
    ).one_or_none()
    content = as_it_reads(review)
    previous = last.digest if last else FIRST
    session.add(
        ReviewChange(
            shop_id=review.shop_id,
            review_id=review.id,
            n=(last.n if last else 0) + 1,
            kind=kind,
            actor=actor,
            happened_at=at,
            content=content,
            previous=previous,
            digest=digest(previous, kind, actor, at, content),
        ),
    )
    session.flush()


def is_whole(session: Session, review: Review) -> bool:
    """Tell whether the history is unbroken and ends with the review as it now reads."""
    entries = session.scalars(
        select(ReviewChange)
        .where(ReviewChange.shop_id == review.shop_id, ReviewChange.review_id == review.id)
        .order_by(ReviewChange.n),
    ).all()
    previous = FIRST
    for n, entry in enumerate(entries, 1):
        expected = digest(previous, entry.kind, entry.actor, entry.happened_at, entry.content)
        if (entry.n, entry.previous, entry.digest) != (n, previous, expected):
            return False
        previous = entry.digest
    return bool(entries) and entries[-1].content == as_it_reads(review)


def as_it_reads(review: Review) -> dict[str, Any]:
    """Return what of a review the history covers, as JSON values."""
    return {
        "rating": review.rating,
        "body": review.body,
        "name_shown": review.name_shown,
        "state": review.state.value,
        "hidden_reason": review.hidden_reason,
    }


def digest(previous: str, kind: str, actor: str, at: datetime, content: dict[str, Any]) -> str:
    """Return the sha256 over an entry and the digest before it."""
    text = json.dumps([previous, kind, actor, at.isoformat(), content], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
