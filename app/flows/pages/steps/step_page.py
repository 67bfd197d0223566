"""What the pages about steps show: each step in words, what was typed, and what its switch may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.customers.wish_topics import Topic
from app.flows.language.flow import FlowDocument
from app.flows.language.steps import Arrival, Step, StepState
from app.flows.models import Flow, FlowState
from app.flows.pages.steps.timing_form import Form, field_of, timing_values, typed_timing
from app.flows.words.described.flow_words import starts_words, steps_words
from app.flows.words.described.step_words import rhythm_words, step_name

BADGES = {
    StepState.ON: ("success", "On"),
    StepState.PAUSED: ("warning", "Paused"),
    StepState.LEFT_TO_SHOPIFY: ("auto", "Left to Shopify"),
}


@dataclass(frozen=True, slots=True)
class StepShown:
    """One step in words. `other` is what its switch changes its state to."""

    key: str
    name: str
    goal: str
    rhythm: str
    tone: str
    badge: str
    on: bool
    other: str


@dataclass(frozen=True, slots=True)
class FlowShown:
    """One of the merchant's own flows, for the list."""

    key: str
    name: str
    tone: str
    badge: str
    words: str


@dataclass(frozen=True, slots=True)
class StateChoice:
    """One position of a step's switch."""

    value: str
    label: str
    details: str


def shown(step: Step) -> StepShown:
    """Return a step in words."""
    tone, badge = BADGES[step.state]
    return StepShown(
        key=step.key,
        name=step_name(step.key),
        goal=step.goal,
        rhythm=rhythm_words(step),
        tone=tone,
        badge=badge,
        on=step.state is StepState.ON,
        other=(off_state(step) if step.state is StepState.ON else StepState.ON).value,
    )


def flow_shown(flow: Flow, document: FlowDocument) -> FlowShown:
    """Return one of the merchant's own flows in words."""
    on = flow.state is FlowState.RUNNING and flow.started_at is not None
    starts = starts_words(document.trigger)
    words = f"{starts[0].upper()}{starts[1:]}: {steps_words(document)}"
    return FlowShown(flow.key, document.name, "success" if on else "auto", "On" if on else "Off", words)


def off_state(step: Step) -> StepState:
    """Return what switching a step off means: news of the parcel goes back to Shopify, the rest waits."""
    return StepState.LEFT_TO_SHOPIFY if step.topic is Topic.SHIPPING else StepState.PAUSED


def states(step: Step) -> list[StateChoice]:
    """Return the positions of a step's switch."""
    found = [
        StateChoice(StepState.ON, "On", "Goes out as planned."),
        StateChoice(StepState.PAUSED, "Paused", "Planned and held; nothing is dropped."),
    ]
    if step.topic is Topic.SHIPPING:
        found.append(StateChoice(StepState.LEFT_TO_SHOPIFY, "Left to Shopify", "Shopify sends its own mail instead."))
    return found


def typed_in(form: Form, step: Step) -> dict[str, object]:
    """Return the changes a form asks for, in the document's names; fields the step does not have are ignored.

    Raises WrongFlow for what no document can hold.
    """
    return ({"state": form["state"]} if "state" in form else {}) | typed_timing(form, step)


def nothing_typed(step: Step) -> str:
    """Return what to say of a form that holds no field of the step."""
    labels = [each.label for each in states(step)]
    return f"Choose {', '.join(labels[:-1])} or {labels[-1]}. The form came empty."


def field_values(step: Step, form: Form | None = None) -> dict[str, object]:
    """Return what the fields hold: what was typed where it was refused, else what is published."""
    state = form["state"] if form is not None and "state" in form else step.state.value
    return {"state": state} | timing_values(step, form)


def field_errors(step: str, errors: Mapping[str, str]) -> dict[str, str]:
    """Return sentences by field: "steps.review_request.delay_days" is the field delay_days."""
    return {field_of(path.removeprefix(f"steps.{step}.")): sentence for path, sentence in errors.items()}


def delay_details(step: Step) -> str:
    """Return what stands under the delay."""
    return {
        Arrival.NOT_NEEDED: "All zero means at once.",
        Arrival.KNOWN: "After somebody reported that it arrived. All zero means at once.",
        Arrival.LIKELY: "After the parcel arrived, and never before the time to unpack in your settings.",
    }[step.arrival]


def fallback_details(step: Step) -> str:
    """Return what stands under the latest day."""
    if step.arrival is Arrival.KNOWN:
        return "Where nobody reports an arrival by then, this message is left out."
    return "Where nobody reports that it arrived, it goes out then."
