"""Say what every kind of step looks like: one description for the reader, the writer and the schema. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from app.customers.legal_basis import MessageClass
from app.customers.wish_topics import Topic
from app.flows.language.conditions.condition_shape import ConditionKind
from app.flows.language.flow import Arm, Branch, End, Node, Split, Wait, WaitUntil
from app.flows.language.happenings import Happening, Moment
from app.flows.language.shape import Choice, Errors, Field, Maybe, Several, Shape, Text, Whole, typed_number
from app.flows.language.steps import Anchor, Arrival, Step, StepState
from app.flows.language.window import DAY, EVERY_DAY
from app.flows.language.window_shape import HourKind, WindowKind

LONGEST_DELAY: Final = 90
LONGEST_BUSINESS_DELAY: Final = 60
LONGEST_AGE: Final = 60
LONGEST_FALLBACK: Final = 120
LONGEST_WAIT: Final = 400
DEEPEST: Final = 6
MOST_STEPS: Final = 60


class StepsKind:
    """What a list of steps holds: each is known by its type, and named by its key in paths."""

    def __init__(self, empty: str = "") -> None:
        self.empty = empty

    def read(self, raw: object, path: str, errors: Errors) -> tuple[Node, ...]:
        """Return the steps."""
        rows = raw if isinstance(raw, list) else []
        if not isinstance(raw, list) or (self.empty and not rows):
            errors.wrong(path, self.empty or "Expected a list of steps.")
        elif len(rows) > MOST_STEPS:
            errors.wrong(path, f"At most {MOST_STEPS} steps. There are {len(rows)}.")
        elif errors.depth >= DEEPEST:
            errors.wrong(path, f"Ways may fork {DEEPEST - 1} deep.")
        else:
            errors.depth += 1
            found = [self._step(row, position, path, errors) for position, row in enumerate(rows)]
            errors.depth -= 1
            return tuple(each for each in found if each is not None)
        return ()

    def _step(self, row: object, position: int, path: str, errors: Errors) -> Node | None:
        named = row.get("key") if isinstance(row, Mapping) and isinstance(row.get("key"), str) else ""
        # Keys are unique in a document: the key alone names the field to the person who typed it.
        here = f"steps.{named}" if named else f"{path}.{position}"
        kind = row.get("type") if isinstance(row, Mapping) else None
        shape = STEPS.get(kind) if isinstance(kind, str) else None
        if shape is None:
            errors.wrong(f"{here}.type" if isinstance(row, Mapping) else here, f"A step is one of {', '.join(STEPS)}.")
            return None
        read: Node | None = shape.read(row, here, errors)
        return read

    def write(self, value: tuple[Node, ...]) -> list[Any]:
        """Return the steps as JSON."""
        return [STEPS[TYPES[type(each)]].write(each) for each in value]

    def schema(self) -> dict[str, Any]:
        """Return a list of any of them."""
        steps: dict[str, Any] = {"type": "array", "items": {"$ref": "#/$defs/step"}, "maxItems": MOST_STEPS}
        return steps | ({"minItems": 1} if self.empty else {})


def _typed(raw: Mapping[str, Any], name: str) -> int:
    value = typed_number(raw.get(name))
    return value if type(value) is int and value >= 0 else 0


def _least_delay(raw: Mapping[str, Any]) -> int:
    in_hand = raw.get("arrival") == Arrival.LIKELY and raw.get("anchor") == Anchor.DELIVERED
    # As typed: a "0" is nothing.
    return 0 if _typed(raw, "delay_minutes") or _typed(raw, "delay_business_days") else int(in_hand)


def _least_fallback(raw: Mapping[str, Any]) -> int:
    """Return the day after the longest the delay can be: two days a business day, for weekends and holidays."""
    return _typed(raw, "delay_days") + 2 * _typed(raw, "delay_business_days") + 1


def _least_age(raw: Mapping[str, Any]) -> int:
    window = raw.get("window")
    days = window.get("weekdays", sorted(EVERY_DAY)) if isinstance(window, Mapping) else None
    # Longer than the window is ever shut.
    return 2 if days is None or (isinstance(days, list) and set(map(str, days)) >= set(map(str, EVERY_DAY))) else 8


def _delay_fields(rule: str, most: int) -> tuple[Field, ...]:
    return (
        Field("delay_days", Whole(f"{rule} must be {{least}} to {{most}} days.", 0, most, _least_delay)),
        Field("delay_minutes", Whole(f"{rule} must be {{least}} to {{most}} minutes.", 0, DAY - 1), 0),
    )


def _delay(values: dict[str, Any]) -> timedelta:
    return timedelta(days=values.pop("delay_days"), minutes=values.pop("delay_minutes"))


def _delay_parts(delay: timedelta) -> dict[str, int]:
    return {"delay_days": delay.days, "delay_minutes": delay.seconds // 60}


def _build_step(values: dict[str, Any]) -> Step:
    values |= {"delay": _delay(values), "max_age": timedelta(days=values.pop("max_age_days"))}
    values["business_days"] = values.pop("delay_business_days")
    fallback = values.pop("fallback_days")
    return Step(**values | {"fallback": None if fallback is None else timedelta(days=fallback)})


def _step_parts(step: Step) -> dict[str, Any]:
    own = {name: getattr(step, name) for name in OF_STEP}
    fallback = None if step.fallback is None else step.fallback.days
    own["delay_business_days"] = step.business_days
    return own | _delay_parts(step.delay) | {"max_age_days": step.max_age.days, "fallback_days": fallback}


KEY_FIELD: Final = Field("key", Text("Key", is_key=True))
OF_STEP: Final = (
    "key", "template", "topic", "message_class", "goal", "anchor", "arrival", "window", "state",
)  # fmt: skip
SEND: Final = Shape(
    (
        KEY_FIELD,
        Field("template", Text("Mail", is_key=True)),
        Field("topic", Choice("Topic", Topic)),
        Field("message_class", Choice("Message class", MessageClass)),
        Field("goal", Text("Reason to exist", longest=500)),
        Field("anchor", Choice("Anchor", Anchor)),
        *_delay_fields("Delay", LONGEST_DELAY),
        Field(
            "delay_business_days",
            Whole("Delay must be {least} to {most} business days.", 0, LONGEST_BUSINESS_DELAY),
            0,
        ),
        Field("max_age_days", Whole("Longest wait must be {least} to {most} days.", 2, LONGEST_AGE, _least_age)),
        Field("arrival", Choice("Arrival", Arrival), Arrival.NOT_NEEDED.value),
        Field("window", Maybe(WindowKind()), None),
        Field(
            "fallback_days",
            Maybe(
                Whole(
                    "Latest day must be {least} to {most} days.",
                    1,
                    LONGEST_FALLBACK,
                    _least_fallback,
                )
            ),
            None,
        ),
        Field("state", Choice("State", StepState), StepState.ON.value),
    ),
    _build_step,
    _step_parts,
    "send",
    {"type": "send"},
)
WAIT: Final = Shape(
    (KEY_FIELD, *_delay_fields("Wait", LONGEST_WAIT)),
    lambda values: Wait(delay=_delay(values), **values),
    lambda node: {"key": node.key} | _delay_parts(node.delay),
    "wait",
    {"type": "wait"},
)
WAIT_UNTIL: Final = Shape(
    (
        KEY_FIELD,
        Field("event", Maybe(Choice("Event", Happening)), None),
        Field("time_of_day", Maybe(HourKind()), None),
        Field("date", Maybe(Choice("Date", Moment)), None),
        Field("at_most_days", Whole("Longest wait must be {least} to {most} days.", 1, LONGEST_WAIT)),
    ),
    lambda values: WaitUntil(
        values["key"],
        timedelta(days=values["at_most_days"]),
        values["event"],
        values["time_of_day"],
        values["date"],
    ),
    lambda node: {
        "key": node.key,
        "event": node.event,
        "time_of_day": node.hour,
        "date": node.date,
        "at_most_days": node.at_most.days,
    },
    "wait_until",
    {"type": "wait_until"},
)
BRANCH: Final = Shape(
    (
        KEY_FIELD,
        Field("if", ConditionKind()),
        Field("then", StepsKind(), []),
        Field("else", StepsKind(), []),
    ),
    lambda values: Branch(values["key"], values["if"], values["then"], values["else"]),
    lambda node: {"key": node.key, "if": node.condition, "then": node.then, "else": node.otherwise},
    "branch",
    {"type": "branch"},
)
ARM: Final = Shape(
    (
        Field("name", Text("Name", is_key=True)),
        Field("share", Whole("Share must be {least} to {most}.", 1, 1000)),
        Field("steps", StepsKind(), []),
    ),
    lambda values: Arm(**values),
    lambda arm: {"name": arm.name, "share": arm.share, "steps": arm.steps},
    "arm",
)
SPLIT: Final = Shape(
    (
        KEY_FIELD,
        Field("experiment", Text("Experiment", is_key=True)),
        Field("arms", Several(ARM, "A split needs arms.", 10)),
    ),
    lambda values: Split(**values),
    lambda node: {"key": node.key, "experiment": node.experiment, "arms": node.arms},
    "split",
    {"type": "split"},
)
END: Final = Shape((KEY_FIELD,), lambda values: End(**values), lambda node: {"key": node.key}, "end", {"type": "end"})
STEPS: Final = {"send": SEND, "wait": WAIT, "wait_until": WAIT_UNTIL, "branch": BRANCH, "split": SPLIT, "end": END}
TYPES: Final[Mapping[type, str]] = {
    Step: "send", Wait: "wait", WaitUntil: "wait_until", Branch: "branch", Split: "split", End: "end",
}  # fmt: skip
