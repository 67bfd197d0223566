"""Read what a shopper typed on the review page. Pure: a dataclass per product, or a sentence per field."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LONGEST_BODY = 5_000
LONGEST_NAME = 60
STARS = range(1, 6)


@dataclass(frozen=True, slots=True)
class ReviewDraft:
    """Hold what was said about one order line. `rating` is 1 to 5."""

    order_line_id: int
    rating: int
    body: str
    name_shown: str


@dataclass(frozen=True, slots=True)
class FormErrors:
    """Hold one sentence per wrong field, by the field's name in the form."""

    by_field: Mapping[str, str]


def parse_reviews(form: Mapping[str, str], line_ids: Sequence[int]) -> tuple[ReviewDraft, ...] | FormErrors:
    """Return a draft for every line that was given stars. Raise nothing: what is wrong comes back by field.

    Fields: `rating-<line>`, `body-<line>`, `name`. A line without stars is left out; text without stars is asked about.
    """
    errors: dict[str, str] = {}
    name = _plain(form.get("name", ""))
    if len(name) > LONGEST_NAME:
        errors["name"] = f"A name may have {LONGEST_NAME} characters. This one has {len(name)}."
    drafts = []
    for line in line_ids:
        stars, body = form.get(f"rating-{line}", "").strip(), _plain(form.get(f"body-{line}", ""))
        if len(body) > LONGEST_BODY:
            errors[f"body-{line}"] = f"A review may have {LONGEST_BODY} characters. This one has {len(body)}."
        if not stars:
            if body:
                errors[f"rating-{line}"] = "Choose 1 to 5 stars, so that the words can be shown."
            continue
        if not (stars.isascii() and stars.isdigit() and len(stars) == 1 and int(stars) in STARS):
            errors[f"rating-{line}"] = "Stars must be 1 to 5."
            continue
        drafts.append(ReviewDraft(line, int(stars), body, name))
    if not drafts and not errors:
        errors[f"rating-{line_ids[0]}" if line_ids else "rating"] = "Choose 1 to 5 stars."
    return FormErrors(errors) if errors else tuple(drafts)


def _plain(text: str) -> str:
    """Return text as it can be stored and shown: one kind of line end, no control characters, no blanks around."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in lines if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs", "Cn"})
    return unicodedata.normalize("NFC", kept).strip()
