"""Read and fill the fields of a wait: so long, or until something happens, a time of day or a date. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.flows.language.day_part import day_part, typed_minutes
from app.flows.language.flow import FlowDocument, Wait, WaitUntil, nodes
from app.flows.language.forms import WrongFlow
from app.flows.language.happenings import Happening, Moment
from app.flows.words.described.flow_words import DATES, HAPPENS

TIME_OF_DAY: Final = "time"


@dataclass(frozen=True, slots=True)
class Until:
    """One thing a run can wait for."""

    value: str
    label: str
    chosen: bool


def find_wait(flow: FlowDocument, key: str) -> Wait | WaitUntil | None:
    """Return a wait of the flow."""
    return next((each for each in nodes(flow.steps) if isinstance(each, Wait | WaitUntil) and each.key == key), None)


def typed_wait(form: Mapping[str, str], node: Wait | WaitUntil) -> dict[str, object]:
    """Return the changes a form asks for, in the document's names. Raises WrongFlow for what no document can hold."""
    if isinstance(node, Wait):
        minutes, errors = typed_minutes(form, {})
        if errors:
            raise WrongFlow({f"steps.{node.key}.{field}": sentence for field, sentence in errors.items()})
        return {"delay_days": form.get("delay_days", ""), "delay_minutes": minutes}
    sort, _, value = form.get("until", "").partition(":")
    return {
        "at_most_days": form.get("at_most_days", ""),
        "event": value if sort == "event" else None,
        "date": value if sort == "date" else None,
        "time_of_day": form.get("time_of_day", "").strip().zfill(5) if sort == TIME_OF_DAY else None,
    }


def wait_values(node: Wait | WaitUntil, form: Mapping[str, str] | None = None) -> dict[str, object]:
    """Return what the fields hold: what was typed where it was refused, else what is published."""
    if isinstance(node, Wait):
        values: dict[str, object] = {"delay_days": node.delay.days, **day_part(node.delay)}
    else:
        values = {
            "until": until_value(node),
            "time_of_day": f"{node.hour:%H:%M}" if node.hour is not None else "",
            "at_most_days": node.at_most.days,
        }
    return values | {name: form[name] for name in values if form is not None and name in form}


def until_value(node: WaitUntil) -> str:
    """Return what a wait is for, as the list names it."""
    if node.event is not None:
        return f"event:{node.event.value}"
    return f"date:{node.date.value}" if node.date is not None else TIME_OF_DAY


def untils(chosen: object) -> list[Until]:
    """Return everything a run can wait for."""
    found = {f"event:{each.value}": HAPPENS[each] for each in Happening}
    found[TIME_OF_DAY] = "a time of their day"
    found |= {f"date:{each.value}": DATES[each] for each in Moment}
    return [Until(value, words[0].upper() + words[1:], value == chosen) for value, words in found.items()]


def wait_errors(node: Wait | WaitUntil, errors: Mapping[str, str]) -> dict[str, str]:
    """Return sentences by field; what to wait for is one field, whatever it is."""
    found = {path.removeprefix(f"steps.{node.key}."): sentence for path, sentence in errors.items()}
    for name in ("event", "date"):
        if name in found:
            found["until"] = found.pop(name)
    return found
