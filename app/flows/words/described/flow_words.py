"""Say what a flow does, line by line, for the merchant. Pure, English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.flows.language.conditions.condition_words import condition_words
from app.flows.language.flow import Branch, FlowDocument, Goal, Node, Split, Trigger, Wait, WaitUntil, nodes
from app.flows.language.happenings import Event, Happening, Moment
from app.flows.language.steps import Step
from app.flows.words.count_words import counted
from app.flows.words.described.step_words import days_words, rhythm_words, step_name

STARTS: Final = {
    Event.PLACED: "an order is placed",
    Event.PAID: "an order is paid",
    Event.SHIPPED: "a parcel is sent",
    Event.IN_TRANSIT: "a parcel is first seen on its way",
    Event.OUT_FOR_DELIVERY: "a parcel is out for delivery",
    Event.READY_FOR_PICKUP: "a parcel is ready to be picked up",
    Event.PICKED_UP: "a parcel is picked up",
    Event.DELIVERED: "a parcel arrives",
    Event.DELAYED: "a parcel is late",
    Event.FAILED_ATTEMPT: "a carrier fails to deliver a parcel",
    Event.CANCELLED: "an order is cancelled",
    Event.REFUNDED: "something is refunded",
    Event.RETURNED: "a return is closed",
    Event.REVIEW_PUBLISHED: "a review is published",
    Event.SURVEY_ANSWERED: "a survey is answered",
    Event.FIRST_ORDER_ANNIVERSARY: "a year has passed since a customer's first order, every year",
    Event.DAYS_WITHOUT_ORDER: "a customer has not ordered",
}
HAPPENS: Final = {
    Happening.PAID: "the order is paid",
    Happening.SHIPPED: "the parcel is sent",
    Happening.IN_TRANSIT: "the parcel is seen on its way",
    Happening.OUT_FOR_DELIVERY: "the parcel is out for delivery",
    Happening.READY_FOR_PICKUP: "the parcel is ready to be picked up",
    Happening.PICKED_UP: "the parcel is picked up",
    Happening.DELIVERED: "the parcel arrives",
    Happening.DELAYED: "the parcel is late",
    Happening.FAILED_ATTEMPT: "the carrier fails to deliver",
    Happening.CANCELLED: "the order is cancelled",
    Happening.REFUNDED: "something of the order is refunded",
    Happening.RETURNED: "a return of the order is closed",
    Happening.REVIEWED: "something of the order is reviewed",
    Happening.REVIEW_PUBLISHED: "a review of the order is published",
    Happening.ORDERED_AGAIN: "the customer orders again",
}
DATES: Final = {
    Moment.EXPECTED_DELIVERY: "the day the parcel is expected",
    Moment.FIRST_ORDER_ANNIVERSARY: "the next anniversary of the customer's first order",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what a flow does; `depth` is how far it stands in, `step` the message or `wait` the wait it is."""

    words: str
    depth: int = 0
    step: str = ""
    wait: str = ""


def flow_lines(flow: FlowDocument) -> tuple[Line, ...]:
    """Return what a flow does, from its trigger to its end."""
    told = [Line(start_words(flow.trigger))]
    told += [Line(f"Before every message: goes on only where {condition_words(flow.profile)}.")] if flow.profile else []
    told += [Line(f"Ends early when {exits_words(flow)}.")] if flow.exit.on or flow.exit.condition else []
    told += [Line(_goal(flow.goal))] if flow.goal else []
    return (*told, *_lines(flow.steps, 0, STARTS[flow.trigger.on]))


def steps_words(flow: FlowDocument) -> str:
    """Return "3 messages, 1 wait, 1 fork"."""
    every = list(nodes(flow.steps))
    waits = sum(isinstance(each, Wait | WaitUntil) for each in every)
    forks = sum(isinstance(each, Branch | Split) for each in every)
    told = [counted(len(flow.sends), "message")]
    told += [counted(waits, "wait")] if waits else []
    told += [counted(forks, "fork")] if forks else []
    return ", ".join(told)


def starts_words(trigger: Trigger) -> str:
    """Return "when a parcel arrives"."""
    days = f" for {counted(trigger.days, 'day')}" if trigger.days else ""
    return f"when {STARTS[trigger.on]}{days}"


def start_words(trigger: Trigger) -> str:
    """Return "Starts when an order is paid, where a SKU in the order is one of KK-KET-1."."""
    asked = f", where {condition_words(trigger.condition)}" if trigger.condition else ""
    return f"Starts {starts_words(trigger)}{asked}."


def exits_words(flow: FlowDocument) -> str:
    """Return what ends a run early."""
    told = [HAPPENS[each] for each in flow.exit.on]
    told += [condition_words(flow.exit.condition)] if flow.exit.condition else []
    return ", or ".join(told)


def _goal(goal: Goal) -> str:
    return f"Is for this: {HAPPENS[goal.event]} within {days_words(goal.window)}. Then it ends."


def _lines(steps: tuple[Node, ...], depth: int, starts: str) -> list[Line]:
    told: list[Line] = []
    for node in steps:
        told += _step(node, depth, starts)
    return told


def _step(node: Node, depth: int, starts: str) -> list[Line]:
    match node:
        case Step():
            return [Line(f"{step_name(node.key)}: {_small(rhythm_words(node, starts))}.", depth, node.key)]
        case Wait():
            return [Line(f"Waits {days_words(node.delay)}.", depth, wait=node.key)]
        case WaitUntil():
            return [Line(f"Waits until {until_words(node)}, {days_words(node.at_most)} at most.", depth, wait=node.key)]
        case Branch():
            then = [Line(f"Where {condition_words(node.condition)}:", depth), *_way(node.then, depth, starts)]
            other = [Line("Else:", depth), *_way(node.otherwise, depth, starts)] if node.otherwise else []
            return [*then, *other]
        case Split():
            whole = sum(arm.share for arm in node.arms)
            told: list[Line] = []
            for arm in node.arms:
                told.append(Line(f"For {arm.share} of {whole} people ({node.experiment} {arm.name}):", depth))
                told += _way(arm.steps, depth, starts)
            return told
        case _:
            return [Line("Ends.", depth)]


def _way(steps: tuple[Node, ...], depth: int, starts: str) -> list[Line]:
    return _lines(steps, depth + 1, starts) or [Line("Nothing.", depth + 1)]


def until_words(node: WaitUntil) -> str:
    """Return what a run waits for."""
    if node.event is not None:
        return HAPPENS[node.event]
    if node.hour is not None:
        return f"{node.hour:%H:%M} their time"
    return DATES[node.date] if node.date is not None else "later"


def _small(words: str) -> str:
    return words[0].lower() + words[1:]
