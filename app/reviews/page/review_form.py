"""What the review page shows: one card a product, with what was said before, what was typed, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.reviews.page.forms import STARS, FieldError, FormErrors, body_field, plain, stars_field
from app.reviews.page.rateable import Rateable
from app.reviews.states import ReviewState


@dataclass(frozen=True, slots=True)
class Card:
    """Hold one product of the form. Errors are sentences, "" for none."""

    id: int
    title: str
    variant: str
    image_url: str
    stars: int | None
    body: str
    stars_error: str
    body_error: str


@dataclass(frozen=True, slots=True)
class Said:
    """Hold one review as the thank-you page repeats it. `state` is a sentence about where it is shown."""

    title: str
    image_url: str
    stars: int
    body: str
    state: str


def cards(
    lines: Sequence[Rateable], asked_stars: int | None, typed: Mapping[str, str] | None, errors: Mapping[str, str]
) -> list[Card]:
    """Return the form's cards. `asked_stars` preselects for the first; `typed` wins over what was said before."""
    return [
        Card(
            line.id,
            line.title,
            line.variant,
            line.image_url,
            _stars(line, asked_stars if position == 0 else None, typed),
            _body(line, typed),
            errors.get(stars_field(line.id), ""),
            errors.get(body_field(line.id), ""),
        )
        for position, line in enumerate(lines)
    ]


def name_shown(lines: Sequence[Rateable], first_name: str, typed: Mapping[str, str] | None) -> str:
    """Return what the name field holds: typed, else the name of the newest review, else the first name."""
    if typed is not None:
        return plain(typed.get("name", first_name))
    reviews = [line.review for line in lines if line.review is not None]
    return max(reviews, key=lambda review: review.id).name_shown if reviews else first_name


def sentences(errors: FormErrors, said: Mapping[str, str]) -> dict[str, str]:
    """Return each wrong field's sentence in the page's language."""
    return {field: _sentence(error, said) for field, error in errors.by_field.items()}


def what_was_said(lines: Sequence[Rateable], words: Mapping[str, str], shop_name: str) -> list[Said]:
    """Return the reviews there are, each with where it is shown."""
    found = []
    for line in lines:
        if line.review is not None:
            review = line.review
            reason = words[f"hidden_{review.hidden_reason}"] if review.state is ReviewState.HIDDEN else ""
            state = words[f"state_{review.state}"].format(shop=shop_name, reason=reason)
            found.append(Said(line.title, line.image_url, review.rating, review.body, state))
    return found


def _sentence(error: FieldError, said: Mapping[str, str]) -> str:
    return said[error.fault].format(most=error.most, count=error.count)


def _stars(line: Rateable, asked: int | None, typed: Mapping[str, str] | None) -> int | None:
    if typed is not None:
        return STARS.get(typed.get(stars_field(line.id), "").strip())
    return asked or (line.review.rating if line.review is not None else None)


def _body(line: Rateable, typed: Mapping[str, str] | None) -> str:
    if typed is not None:
        return plain(typed.get(body_field(line.id), ""))
    return line.review.body if line.review is not None else ""
