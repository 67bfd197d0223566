"""Write a product's summary as the fields of its `$app:review_summary` metaobject. Pure.

shopify.app.toml declares the fields and extension/theme reads them. Shoppers' words go out as they were typed: the
theme's Liquid escapes them where it prints them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.reviews.storefront.ratings import Summary

FIRST_PAGE = 20  # the most a block can be set to show
MOST_BYTES = 60_000  # of JSON in one field, half of what Shopify takes
SCALE = {"scale_min": "1.0", "scale_max": "5.0"}


@dataclass(frozen=True, slots=True)
class Shown:
    """Hold one published review as a visitor of the storefront sees it. `submitted_on` is the shop's local day."""

    id: str
    rating: int
    body: str
    name: str
    verified: bool
    submitted_on: date
    locale: str


def summary_fields(product_id: int, summary: Summary, newest: Iterable[Shown]) -> dict[str, str]:
    """Return every field's value as text. `newest` are published reviews, newest first; as many as fit are told.

    Without a published review there is no average and `rating` is left out; blocks look at the count first.
    """
    fields = {
        "product_id": str(product_id),
        "rating_count": str(summary.published),
        "histogram": _json({str(stars): count for stars, count in summary.histogram.items()}),
        "received_count": str(summary.received),
        "hidden_count": str(summary.hidden),
        "reviews": _first_page(newest),
    }
    if summary.average is not None:
        fields["rating"] = rating_value(summary.average)
    return fields


def rating_value(average: Decimal) -> str:
    """Return an average as the value of a field of Shopify's type `rating`."""
    return _json({"value": str(average), **SCALE})


def _first_page(newest: Iterable[Shown]) -> str:
    page: list[str] = []
    size = 2
    for one in newest:
        text = _json(_review(one))
        size += len(text.encode()) + 1
        if len(page) == FIRST_PAGE or size > MOST_BYTES:
            break
        page.append(text)
    return f"[{','.join(page)}]"


def _review(one: Shown) -> dict[str, Any]:
    return {
        "id": one.id,
        "rating": one.rating,
        "body": one.body,
        "name": one.name,
        "verified": one.verified,
        "submitted_on": one.submitted_on.isoformat(),
        "locale": one.locale,
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
