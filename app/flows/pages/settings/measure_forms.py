"""Read what a merchant typed about law, measure, exceptions and holdouts: each wrong field gets one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Final

from app.customers.declare import Law
from app.experiments.hold_out import typed_share
from app.kit.errors import Invalid
from app.shops.left_out import LeftOut
from app.shops.measures import Measures

DIGITS: Final = 4
LONGEST: Final = 20_000  # characters of one list of names
RANGES: Final[Mapping[str, tuple[str, int, int]]] = {
    "per_week": ("Messages in 7 days", 1, 50),
    "per_month": ("Messages in 30 days", 1, 100),
    "asks_apart_months": ("Months between requests", 1, 60),
    "same_apart_days": ("Days between the same words", 1, 365),
}
WHO: Final = ("buyer", "nobody")


def law(form: Mapping[str, str]) -> Law:
    """Return the declarations that are ticked."""
    return Law(**{field.name: form.get(field.name) == "yes" for field in fields(Law)})


def measures(form: Mapping[str, str]) -> Measures:
    """Return the measure; raise Invalid naming the first wrong field."""
    numbers = {name: number(form, name, *bounds) for name, bounds in RANGES.items()}
    if numbers["per_week"] > numbers["per_month"]:
        raise Invalid(
            f"Messages in 7 days must not be more than those in 30. You entered {numbers['per_week']} and"
            f" {numbers['per_month']}.",
            field="per_week",
        )
    who = form.get("gifts", "")
    if who not in WHO:
        raise Invalid("Choose whether the buyer of a gift is asked.", field="gifts")
    return Measures(**numbers, gifts=who, gift_by_recipient=form.get("gift_by_recipient") == "yes")


def left_out(form: Mapping[str, str]) -> LeftOut:
    """Return what is left out, one name a line."""
    typed = {field.name: "\n".join(form.get(field.name, "").split("\n")).strip() for field in fields(LeftOut)}
    for name, value in typed.items():
        if len(value) > LONGEST:
            raise Invalid(f"A list may have {LONGEST:,} characters. This one has {len(value):,}.", field=name)
        if "\0" in value:
            raise Invalid("A name cannot hold an invisible sign.", field=name)
    return LeftOut(**{name: value.replace("\r", "") for name, value in typed.items()})


def percent(form: Mapping[str, str], field: str) -> int:
    """Return the share of people to keep out."""
    return typed_share(form.get(field, ""), field)


def number(form: Mapping[str, str], field: str, label: str, least: int, most: int) -> int:
    """Return a whole number within bounds; raise Invalid with what is allowed and what was entered."""
    typed = form.get(field, "").strip()
    known = typed.isascii() and typed.isdigit() and len(typed) <= DIGITS
    if not known or not least <= int(typed) <= most:
        raise Invalid(f"{label} must be {least} to {most}. You entered {typed[:DIGITS] or 'nothing'}.", field=field)
    return int(typed)
