"""Read and fill the fields that say when a message goes out: its delay, what it counts from, hours and days. Pure.

A form may hold some of the fields; what it does not name stays. What was typed goes on to the document's own reader,
which says what is wrong with it; only what the reader never sees is refused here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, Protocol

from app.flows.language import day_part as below_a_day
from app.flows.language.day_part import day_part, typed_minutes
from app.flows.language.flow import FlowDocument, nodes
from app.flows.language.forms import WrongFlow, change_step, step_json
from app.flows.language.shape import entered
from app.flows.language.steps import Anchor, Step
from app.flows.language.window import DAY, EVERY_DAY, HOUR
from app.flows.words.day_words import WEEKDAYS
from app.flows.words.described.flow_words import STARTS
from app.flows.words.described.step_words import EVENTS, clock_of

ALIKE: Final = ("delay_days", "delay_business_days", "anchor", "fallback_days", "max_age_days")  # as in the document
LEAVES: Final = {"any": "At any hour", "between": "Between two times", "at": "At one time"}
TIME: Final = re.compile(r"([01]?[0-9]|2[0-4])(?::([0-5][0-9]))?")
FIELD_OF: Final = {
    "window.from_hour": "from_time",
    "window.from_minute": "from_time",
    "window.to_hour": "to_time",
    "window.to_minute": "to_time",
    "window.weekdays": "weekday",
    "window": "leaves",
}


class Form(below_a_day.Form, Protocol):
    """The same, with fields that may be typed more than once."""

    def getlist(self, name: str, /) -> list[str]:
        """Return everything typed under a name."""


@dataclass(frozen=True, slots=True)
class Picked:
    """One entry of a list: its value, its words, and whether it is chosen."""

    value: str
    label: str
    chosen: bool


def typed_timing(form: Form, step: Step) -> dict[str, object]:
    """Return the changes a form asks for, in the document's names. Raises WrongFlow for what no document can hold."""
    changes: dict[str, object] = {name: form[name] for name in ALIKE if name in form}
    if step.fallback is None:
        changes.pop("fallback_days", None)
    errors: dict[str, str] = {}
    if "delay_hours" in form or "delay_minutes" in form:
        changes["delay_minutes"], errors = typed_minutes(form, day_part(step.delay))
    if "leaves" in form:
        changes["window"] = _window(form, errors)
    if errors:
        raise WrongFlow({f"steps.{step.key}.{field}": sentence for field, sentence in errors.items()})
    return changes


def timing_values(step: Step, form: Form | None = None) -> dict[str, object]:
    """Return what the fields hold: what was typed where it was refused, else what is published."""
    known = step_json(step)
    values: dict[str, object] = {name: known[name] for name in ALIKE}
    values |= day_part(step.delay)
    window = step.window
    values["leaves"] = "any" if window is None else "at" if window.exact else "between"
    values["from_time"] = clock_of(window.opens) if window else ""
    values["to_time"] = clock_of(window.closes) if window and not window.exact else ""
    return values | {name: form[name] for name in values if form is not None and name in form}


def weekdays(step: Step, form: Form | None = None) -> list[Picked]:
    """Return the days of the week, Monday first."""
    days: frozenset[int] | set[int] = step.window.weekdays if step.window else EVERY_DAY
    if form is not None and "leaves" in form:
        days = {int(day) for day in form.getlist("weekday") if day.isdigit()}
    return [Picked(str(day), name, day in days) for day, name in enumerate(WEEKDAYS)]


def anchors(flow: FlowDocument, step: Step) -> list[Picked]:
    """Return what the delay may count from, as the reader would take it; the one that holds among them."""
    found = []
    first = next(nodes(flow.steps)).key == step.key
    for anchor in Anchor:
        if anchor is step.anchor or (_may(flow, step, anchor) and not (first and anchor is Anchor.PREVIOUS_STEP)):
            words = STARTS[flow.trigger.on] if anchor is Anchor.TRIGGER else EVENTS[anchor]
            found.append(Picked(anchor.value, f"{words[0].upper()}{words[1:]}", anchor is step.anchor))
    return found


def field_of(path: str) -> str:
    """Return the field an error of the document belongs to: "window.to_hour" is the field to_time."""
    return FIELD_OF.get(path, path)


def _may(flow: FlowDocument, step: Step, anchor: Anchor) -> bool:
    try:
        change_step(flow, step.key, {"anchor": anchor.value})
    except WrongFlow:
        return False
    return True


def _window(form: Form, errors: dict[str, str]) -> dict[str, Any] | None:
    leaves = form["leaves"]
    if leaves not in LEAVES:
        errors["leaves"] = f"Choose one of {', '.join(LEAVES.values())}. {entered(leaves)}"
    if leaves not in {"between", "at"}:
        return None
    opens = _time(form, "from_time", errors)
    window: dict[str, Any] = {"from_hour": opens // HOUR, "from_minute": opens % HOUR}
    if leaves == "between":
        closes = _time(form, "to_time", errors, last=DAY)
        window |= {"to_hour": closes // HOUR, "to_minute": closes % HOUR}
    else:
        window["exact"] = True
    return window | {"weekdays": sorted({int(day) for day in form.getlist("weekday") if day.isdigit()})}


def _time(form: Form, name: str, errors: dict[str, str], *, last: int = DAY - 1) -> int:
    text = form[name].strip() if name in form else ""
    found = TIME.fullmatch(text)
    minute = int(found[1]) * HOUR + int(found[2] or 0) if found else DAY + 1
    if minute <= last:
        return minute
    errors[name] = f"Time must look like 9:30. {entered(text)}"
    return 0
