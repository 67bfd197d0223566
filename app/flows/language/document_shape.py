"""Say what a flow document looks like around its steps: one description for reader, writer and schema. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from app.flows.language.conditions.condition_shape import ConditionKind
from app.flows.language.flow import Exit, FlowDocument, Goal, Trigger
from app.flows.language.happenings import Event, Happening
from app.flows.language.shape import Choice, Field, Kind, Maybe, Several, Shape, Text, Whole
from app.flows.language.step_shapes import KEY_FIELD, StepsKind

FORMAT: Final = 2
OF_FLOW: Final = ("key", "name", "trigger", "profile", "exit", "goal", "steps")

TRIGGER: Final = Shape(
    (
        Field("on", Choice("Trigger", Event)),
        Field("filter", Maybe(ConditionKind()), None),
        Field("days", Maybe(Whole("Days without an order must be {least} to {most}.", 1, 730)), None),
    ),
    lambda values: Trigger(values["on"], values["filter"], values["days"]),
    lambda trigger: {"on": trigger.on, "filter": trigger.condition, "days": trigger.days},
    "trigger",
)
EXIT: Final = Shape(
    (
        Field("on", Several(Choice("Exit", Happening), most=len(Happening)), []),
        Field("when", Maybe(ConditionKind()), None),
    ),
    lambda values: Exit(values["on"], values["when"]),
    lambda exit_: {"on": exit_.on, "when": exit_.condition},
    "exit",
)
GOAL: Final = Shape(
    (
        Field("event", Choice("Goal", Happening)),
        Field("window_days", Whole("Window must be {least} to {most} days.", 1, 365)),
    ),
    lambda values: Goal(values["event"], timedelta(days=values["window_days"])),
    lambda goal: {"event": goal.event, "window_days": goal.window.days},
    "goal",
)
NOTHING_ENDS_IT: Final[dict[str, Any]] = {"on": [], "when": None}
FORMAT_KIND: Final[Kind] = Whole("This program reads format {least}.", FORMAT, FORMAT)
DOCUMENT: Final = Shape(
    (
        Field("format", FORMAT_KIND),
        KEY_FIELD,
        Field("name", Text("Name", longest=80)),
        Field("trigger", TRIGGER),
        Field("profile", Maybe(ConditionKind()), None),
        Field("exit", EXIT, NOTHING_ENDS_IT),
        Field("goal", Maybe(GOAL), None),
        Field("steps", StepsKind("A flow needs at least one step.")),
    ),
    lambda values: FlowDocument(**{name: value for name, value in values.items() if name != "format"}),
    lambda flow: {"format": FORMAT} | {name: getattr(flow, name) for name in OF_FLOW},
)
