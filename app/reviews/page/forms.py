"""Read what a shopper typed on the review page. Pure: a draft per product, or what is wrong by field."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

LONGEST_BODY = 5_000
LONGEST_NAME = 60
STARS = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}

# Signs that turn the direction of what follows them, on the whole page if nobody ends them.
TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
NOT_TEXT = {"Cc", "Cs"}  # control characters and halves of characters


@dataclass(frozen=True, slots=True)
class ReviewDraft:
    """Hold what was said about one order line. `rating` is 1 to 5; `name_shown` None when nobody was asked."""

    order_line_id: int
    rating: int
    body: str
    name_shown: str | None


class Fault(StrEnum):
    """Name what can be wrong with a field; the page has a sentence for each in every language."""

    NO_STARS = "error_no_stars"
    WORDS_WITHOUT_STARS = "error_words_without_stars"
    NOT_STARS = "error_not_stars"
    LONG_BODY = "error_long_body"
    LONG_NAME = "error_long_name"


@dataclass(frozen=True, slots=True)
class FieldError:
    """Say what is wrong with a field; `most` and `count` are characters allowed and typed."""

    fault: Fault
    most: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class FormErrors:
    """Hold the first error of each wrong field, by the field's name in the form."""

    by_field: Mapping[str, FieldError]


def stars_field(line_id: int) -> str:
    """Return the form's name for the stars of an order line."""
    return f"rating-{line_id}"


def body_field(line_id: int) -> str:
    """Return the form's name for the words about an order line."""
    return f"body-{line_id}"


def parse_reviews(form: Mapping[str, str], line_ids: Sequence[int]) -> tuple[ReviewDraft, ...] | FormErrors:
    """Return a draft for every line that was given stars. Raise nothing: what is wrong comes back by field.

    Fields: `rating-<line>`, `body-<line>`, `name`. A line without stars is left out; words without stars are asked
    about.
    """
    errors: dict[str, FieldError] = {}
    name = plain(form["name"]).replace("\n", " ") if "name" in form else None
    if name is not None and len(name) > LONGEST_NAME:
        errors["name"] = FieldError(Fault.LONG_NAME, LONGEST_NAME, len(name))
    drafts = []
    for line in line_ids:
        stars, body = form.get(stars_field(line), "").strip(), plain(form.get(body_field(line), ""))
        if len(body) > LONGEST_BODY:
            errors[body_field(line)] = FieldError(Fault.LONG_BODY, LONGEST_BODY, len(body))
        if stars in STARS:
            drafts.append(ReviewDraft(line, STARS[stars], body, name))
        elif stars or body:
            errors[stars_field(line)] = FieldError(Fault.NOT_STARS if stars else Fault.WORDS_WITHOUT_STARS)
    if not drafts and not errors:
        errors[stars_field(line_ids[0]) if line_ids else "rating"] = FieldError(Fault.NO_STARS)
    return FormErrors(errors) if errors else tuple(drafts)


def plain(text: str) -> str:
    """Return text as it can be stored and shown: one kind of line end, nothing that is not text, no blanks around."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        sign for sign in lines if sign in "\n\t" or (sign not in TURNS and unicodedata.category(sign) not in NOT_TEXT)
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()
