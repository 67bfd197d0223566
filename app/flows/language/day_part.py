"""Read the part of a delay below a day, typed as hours and minutes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Protocol

from app.flows.language.shape import entered, typed_number
from app.flows.language.window import HOUR

PARTS: Final = ("delay_hours", 23, HOUR), ("delay_minutes", 59, 1)  # field, the most, minutes in one


class Form(Protocol):
    """What was typed, as Werkzeug holds it."""

    def __contains__(self, name: object, /) -> bool: ...
    def __getitem__(self, name: str, /) -> str: ...


def typed_minutes(form: Form, known: Mapping[str, int]) -> tuple[int, dict[str, str]]:
    """Return the minutes and a sentence for each wrong field; one that was not typed is as `known`, or wrong."""
    minutes, errors = 0, {}
    for name, most, by in PARTS:
        raw: object = form[name] if name in form else known.get(name)
        value = typed_number(raw)
        if isinstance(value, int) and 0 <= value <= most:
            minutes += value * by
        else:
            errors[name] = f"{name.removeprefix('delay_').capitalize()} must be 0 to {most}. {entered(raw)}"
    return minutes, errors


def day_part(delay: timedelta) -> dict[str, int]:
    """Return what the fields hold of a delay."""
    hours, minutes = divmod(delay.seconds // 60, HOUR)
    return {"delay_hours": hours, "delay_minutes": minutes}
