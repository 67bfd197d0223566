"""Read flow documents from outside: JSON of a version, or fields a merchant typed. Pure.

Every wrong field gets one sentence: what is allowed, then what was entered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar

from app.customers.legal_basis import MessageClass
from app.customers.wish_topics import Topic
from app.flows.language.steps import Anchor, Arrival, FlowDocument, Step, StepState, Subject, flow_json
from app.flows.language.window import DAY, EVERY_DAY, HOUR, SendWindow, at_time

Choice = TypeVar("Choice", bound=StrEnum)

LONGEST_DELAY: Final = 90
LONGEST_BUSINESS_DELAY: Final = 60
LONGEST_AGE: Final = 60
LONGEST_FALLBACK: Final = 120
ANCHORS: Final = {
    Subject.ORDER: frozenset({Anchor.ORDER_PLACED}),
    Subject.FULFILLMENT: frozenset({Anchor.SHIPPED, Anchor.DELIVERED}),
}


class WrongFlow(ValueError):
    """Refuse a document. `errors` maps the field's path ("steps.review_request.delay_days") to a sentence."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{field}: {text}" for field, text in errors.items()))
        self.errors = dict(errors)


def flow_document(raw: object) -> FlowDocument:
    """Return the flow a document describes. Raises WrongFlow naming every wrong field."""
    form = _Form(raw, "", {})
    subject = form.choice("subject", "Subject", Subject) or Subject.ORDER
    key = form.text("key", "Key")
    rows = form.raw.get("steps")
    steps: list[Step] = []
    if not isinstance(rows, list) or not rows:
        form.errors["steps"] = "A flow needs at least one step."
    else:
        for position, row in enumerate(rows):
            name = row.get("key") if isinstance(row, Mapping) and isinstance(row.get("key"), str) else position
            steps.append(_step(_Form(row, f"steps.{name}.", form.errors), subject))
        if len({step.key for step in steps}) < len(steps):
            form.errors["steps"] = "Two steps carry the same key."
    if form.errors:
        raise WrongFlow(form.errors)
    return FlowDocument(key, subject, tuple(steps))


def change_step(flow: FlowDocument, key: str, changes: Mapping[str, object]) -> FlowDocument:
    """Return the flow with fields of one step replaced, as a merchant typed them.

    Raises WrongFlow for what was typed, KeyError for a step the flow does not have. `changes` uses the document's
    names: delay_days, max_age_days, fallback_days, state, goal, window (or None).
    """
    flow.step(key)
    document = flow_json(flow)
    for step in document["steps"]:
        if step["key"] == key:
            step.update(changes)
    return flow_document(document)


def _step(form: _Form, subject: Subject) -> Step:
    anchor = form.choice("anchor", "Anchor", Anchor) or Anchor.ORDER_PLACED
    arrival = form.choice("arrival", "Arrival", Arrival) or Arrival.NOT_NEEDED
    message_class = form.choice("message_class", "Message class", MessageClass) or MessageClass.TRANSACTIONAL
    minutes = form.number("delay_minutes", "Delay", "minutes", 0, DAY - 1)
    business_days = form.number("delay_business_days", "Delay", "business days", 0, LONGEST_BUSINESS_DELAY)
    least = 1 if arrival is Arrival.LIKELY and not minutes and not business_days else 0
    delay = form.days("delay_days", "Delay", least, LONGEST_DELAY)
    waits = anchor is Anchor.DELIVERED
    longest = delay + 2 * business_days  # two days a business day: room for every weekend and holiday
    fallback = form.days("fallback_days", "Latest day", longest + 1, LONGEST_FALLBACK) if waits else None
    window = form.window()
    if anchor not in ANCHORS[subject]:
        form.wrong("anchor", f"A flow about one {subject} cannot count from {anchor.replace('_', ' ')}.")
    if not waits and form.raw.get("fallback_days") is not None:
        form.wrong("fallback_days", "Only a step that waits for delivery has a latest day.")
    if waits is (arrival is Arrival.NOT_NEEDED):
        form.wrong("arrival", "A step counts from delivery exactly when it needs the parcel to have arrived.")
    if message_class is MessageClass.REVIEW_ASK and arrival is not Arrival.LIKELY:
        form.wrong("arrival", "A review request needs the product in hand.")
    shortest_age = 2 if window is None or window.weekdays == EVERY_DAY else 8  # longer than the window is ever shut
    return Step(
        key=form.text("key", "Key"),
        topic=form.choice("topic", "Topic", Topic) or Topic.ORDER,
        message_class=message_class,
        goal=form.text("goal", "Reason to exist"),
        anchor=anchor,
        delay=timedelta(days=delay, minutes=minutes),
        max_age=timedelta(days=form.days("max_age_days", "Longest wait", shortest_age, LONGEST_AGE)),
        arrival=arrival,
        window=window,
        fallback=None if fallback is None else timedelta(days=fallback),
        state=form.choice("state", "State", StepState) or StepState.ON,
        business_days=business_days,
    )


class _Form:
    """Read fields of one mapping; collect what is wrong instead of stopping at the first."""

    def __init__(self, raw: object, path: str, errors: dict[str, str]) -> None:
        self.raw: Mapping[str, Any] = raw if isinstance(raw, Mapping) else {}
        self.path = path
        self.errors = errors
        if not isinstance(raw, Mapping):
            errors[path.rstrip(".") or "document"] = "Expected a set of named fields."

    def wrong(self, field: str, sentence: str) -> None:
        self.errors.setdefault(self.path + field, sentence)

    def text(self, field: str, label: str) -> str:
        value = self.raw.get(field)
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.wrong(field, f"{label} is missing.")
        return ""

    def choice(self, field: str, label: str, kind: type[Choice]) -> Choice | None:
        value = self.raw.get(field)
        if isinstance(value, str) and value in {member.value for member in kind}:
            return kind(value)
        allowed = ", ".join(member.value for member in kind)
        self.wrong(field, f"{label} must be one of {allowed}. {_entered(value)}")
        return None

    def days(self, field: str, label: str, least: int, most: int) -> int:
        return self._number(field, self.raw.get(field), f"{label} must be {least} to {most} days.", least, most)

    def number(self, field: str, label: str, unit: str, least: int, most: int) -> int:
        """Read a number that may be left out: 0 then."""
        if self.raw.get(field) is None:
            return 0
        return self._number(field, self.raw[field], f"{label} must be {least} to {most} {unit}.", least, most)

    def window(self) -> SendWindow | None:
        raw = self.raw.get("window")
        if raw is None:
            return None
        if not isinstance(raw, Mapping):
            self.wrong("window", "Sending hours need a first and a last hour.")
            return None
        hour = self._number("window.from_hour", raw.get("from_hour"), "First hour must be 0 to 23.", 0, 23)
        minute = self._minute("from_minute", raw)
        days = raw.get("weekdays", sorted(EVERY_DAY))
        if not isinstance(days, list) or not days or any(type(day) is not int or day not in EVERY_DAY for day in days):
            self.wrong("window.weekdays", "Choose at least one day of the week.")
            days = []
        if raw.get("exact") is True:
            return at_time(hour, minute, frozenset(days))
        closes = self._number("window.to_hour", raw.get("to_hour"), "Last hour must be 1 to 24.", 1, 24)
        opens = hour * HOUR + minute
        window = SendWindow(hour, closes, frozenset(days), minute, self._minute("to_minute", raw))
        if not opens < window.closes <= DAY and not any(name.startswith(f"{self.path}window.") for name in self.errors):
            self.wrong("window.to_hour", f"Last hour must be after {hour}:{minute:02}. You entered {closes}:00.")
        return window

    def _minute(self, field: str, raw: Mapping[str, Any]) -> int:
        if raw.get(field) is None:
            return 0
        return self._number(f"window.{field}", raw[field], "Minute must be 0 to 59.", 0, 59)

    def _number(self, field: str, value: object, rule: str, least: int, most: int) -> int:
        if isinstance(value, str) and len(value.strip()) <= 6 and value.strip().isascii() and value.strip().isdigit():
            value = int(value.strip())
        if type(value) is int and least <= value <= most:
            return value
        self.wrong(field, f"{rule} {_entered(value)}")
        return least


def _entered(value: object) -> str:
    if value is None or value == "":
        return "You entered nothing."
    return f"You entered {str(value)[:40]}."
