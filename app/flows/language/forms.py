"""Read flow documents from outside: JSON of a version, or fields a merchant typed; and write them. Pure.

Every wrong field gets one sentence: what is allowed, then what was entered. Documents of the first format are read for
ever: they named what a run is about where the trigger stands now, and their mails by the step.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from app.flows.language.checks import faults
from app.flows.language.document_shape import DOCUMENT, FORMAT
from app.flows.language.flow import FlowDocument
from app.flows.language.happenings import Event
from app.flows.language.shape import Errors, entered, sayable
from app.flows.language.step_shapes import SEND
from app.flows.language.steps import Step, Subject

FIRST_FORMAT: Final = {Subject.ORDER: Event.PLACED, Subject.FULFILLMENT: Event.SHIPPED}
FIRST_NAMES: Final = {"order": "Order news", "parcel": "Parcel news and questions"}
FIRST_FIELDS: Final = frozenset(each.name for each in SEND.fields) - {"template"}


class WrongFlow(ValueError):
    """Refuse a document. `errors` maps the field's path ("steps.review_request.delay_days") to a sentence."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = {sayable(field): sayable(text) for field, text in errors.items()}
        super().__init__(" ".join(f"{field}: {text}" for field, text in self.errors.items()))


def flow_document(raw: object) -> FlowDocument:
    """Return the flow a document describes. Raises WrongFlow naming every wrong field."""
    return _read(raw, Errors())


def flow_json(flow: FlowDocument) -> dict[str, Any]:
    """Return the document to store, in the newest format."""
    return DOCUMENT.write(flow)


def step_json(step: Step) -> dict[str, Any]:
    """Return one message as stored: durations in whole days and minutes, hours local to the recipient, Monday is 0."""
    return SEND.write(step)


def read_step(raw: object) -> Step:
    """Return the message that `step_json` wrote. Raises WrongFlow."""
    errors = Errors()
    step: Step | None = SEND.read(raw, "step", errors)
    if step is None:
        raise WrongFlow(errors.told)
    return step


def canonical(value: object) -> str:
    """Return JSON that is the same for the same value, to the byte: sorted, indented, one line feed at the end."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def change_step(flow: FlowDocument, key: str, changes: Mapping[str, object]) -> FlowDocument:
    """Return the flow with fields of one message replaced, as a merchant typed them.

    Raises WrongFlow for what was typed, KeyError for a step the flow does not have. `changes` uses the document's
    names: delay_days, max_age_days, fallback_days, state, goal, window (or None).
    """
    if key not in {step.key for step in flow.sends}:
        raise KeyError(key)
    return change_node(flow, key, changes)


def change_node(flow: FlowDocument, key: str, changes: Mapping[str, object]) -> FlowDocument:
    """Return the flow with fields of one step of any type replaced, as a merchant typed them. Raises WrongFlow."""
    document = flow_json(flow)
    for step in _rows(document["steps"]):
        if step["key"] == key:
            step.update(changes)
    # What could not be read again would take every page of the shop with it.
    return flow_document(flow_json(_read(document, Errors(typed=True))))


def _read(raw: object, errors: Errors) -> FlowDocument:
    given = _second_format(raw, errors) if isinstance(raw, Mapping) and "format" not in raw else raw
    flow: FlowDocument | None = DOCUMENT.read(given, "", errors)
    wrong = errors.told or (faults(flow) if flow is not None else {})
    if flow is None or wrong:
        raise WrongFlow(wrong)
    return flow


def _second_format(raw: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    """Return a document of the first format as one of the second; what it did not know, it did not say."""
    subject = raw.get("subject")
    about = Subject(subject) if isinstance(subject, str) and subject in set(Subject) else None
    if about not in FIRST_FORMAT:
        errors.wrong("subject", f"Subject must be one of {', '.join(FIRST_FORMAT)}. {entered(subject)}")
    key, rows = raw.get("key"), raw.get("steps")
    return {
        "format": FORMAT,
        "key": key,
        "name": FIRST_NAMES.get(key, "Flow") if isinstance(key, str) else "Flow",
        "trigger": {"on": FIRST_FORMAT[about if about in FIRST_FORMAT else Subject.ORDER].value},
        "steps": [_first_send(row) for row in rows] if isinstance(rows, list) else rows,
    }


def _first_send(row: object) -> object:
    if not isinstance(row, Mapping):
        return row
    kept = {name: value for name, value in row.items() if name in FIRST_FIELDS}
    return kept | {"type": "send", "template": row.get("key")}


def _rows(steps: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for step in steps:
        yield step
        for name in ("then", "else"):
            yield from _rows(step.get(name, []))
        for arm in step.get("arms", []):
            yield from _rows(arm["steps"])
