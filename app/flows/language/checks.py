"""Say what is wrong with a document whose fields are each right: rules between fields, and what must be there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise

from app.customers.legal_basis import MessageClass
from app.flows.language.fitting import misfits
from app.flows.language.flow import Branch, End, FlowDocument, Node, Split, Wait, WaitUntil, nodes, ways
from app.flows.language.happenings import ANCHORS, NOT_TOLD_YET, Event
from app.flows.language.step_shapes import LONGEST_FALLBACK
from app.flows.language.steps import Anchor, Arrival, Step, Subject
from app.messages.mail.preset_list import Preset

FORKS = (Branch, Split)


def faults(flow: FlowDocument) -> dict[str, str]:
    """Return a sentence for every field that does not go with the others, by path."""
    found = dict(_of_document(flow))
    for node in nodes(flow.steps):
        for field, sentence in _of_node(flow, node):
            found.setdefault(f"steps.{node.key}.{field}", sentence)
    return found


def not_ready(flow: FlowDocument, mails: Mapping[str, Preset]) -> dict[str, str]:
    """Return why a right document cannot be switched on yet, by path. `mails` are those there are, by name."""
    known = ", ".join(sorted(mails))
    found = not_allowed(flow, mails) | {
        f"steps.{step.key}.template": f"There is no mail named {step.template}. There are {known}."
        for step in flow.sends
        if step.template not in mails
    }
    if flow.trigger.on in NOT_TOLD_YET:
        found["trigger.on"] = NOT_TOLD_YET[flow.trigger.on]
    return found


def not_allowed(flow: FlowDocument, mails: Mapping[str, Preset]) -> dict[str, str]:
    """Return why a right document may not be published, by path.

    These rules are younger than some documents that are kept: whoever reads one that is stored does not ask them, and
    the guard leaves out what a step of such a one would send.
    """
    found: dict[str, str] = {}
    for step in flow.sends:
        found |= {f"steps.{step.key}.{each.field}": each.refusal for each in misfits(step, mails)}
    if flow.trigger.on.value in set(flow.exit.on):
        found["exit.on"] = "What starts a run cannot end it too. Leave it out."
    return found


def _of_document(flow: FlowDocument) -> Iterator[tuple[str, str]]:
    keys = [node.key for node in nodes(flow.steps)]
    if len(set(keys)) < len(keys):
        yield "steps", "Two steps carry the same key."
    if not flow.sends:
        yield "steps", "A flow needs at least one message to send."
    counts_days = flow.trigger.on is Event.DAYS_WITHOUT_ORDER
    if counts_days and flow.trigger.days is None:
        yield "trigger.days", "Days without an order must be 1 to 730. You entered nothing."
    if not counts_days and flow.trigger.days is not None:
        yield "trigger.days", "Only a flow that starts after days without an order counts them."
    arms: dict[str, tuple[tuple[str, int], ...]] = {}
    for node in nodes(flow.steps):
        if isinstance(node, Split):
            shares = tuple((arm.name, arm.share) for arm in node.arms)
            if arms.setdefault(node.experiment, shares) != shares:
                yield f"steps.{node.key}.arms", f"The experiment {node.experiment} has other arms further up."
    yield from _after_end(flow.steps)


def _after_end(steps: tuple[Node, ...]) -> Iterator[tuple[str, str]]:
    for before, node in pairwise(steps):
        if isinstance(before, End):
            yield f"steps.{node.key}.type", "Nothing comes after the end."
    for node in steps:
        for _, way in ways(node):
            yield from _after_end(way)


def _of_node(flow: FlowDocument, node: Node) -> Iterator[tuple[str, str]]:
    match node:
        case Step():
            yield from _of_step(flow.subject, node)
        case Wait() if not node.delay:
            yield "delay_days", "A wait takes at least a minute."
        case WaitUntil() if [node.event, node.hour, node.date].count(None) != 2:
            yield "event", "Wait for an event, for a time of day or for a date: exactly one of them."
        case Branch() if not node.then and not node.otherwise:
            yield "then", "A branch needs a step on one of its ways."
        case Split():
            names = {arm.name for arm in node.arms}
            if len(names) < max(2, len(node.arms)):
                yield "arms", "A split needs two arms or more, each with a name of its own."
        case _:
            return


def _of_step(subject: Subject, step: Step) -> Iterator[tuple[str, str]]:
    waits = step.arrival is not Arrival.NOT_NEEDED
    if step.anchor not in ANCHORS[subject]:
        yield "anchor", f"A flow about one {subject} cannot count from {step.anchor.replace('_', ' ')}."
    if step.anchor not in {Anchor.TRIGGER, Anchor.PREVIOUS_STEP} and waits is not (step.anchor is Anchor.DELIVERED):
        yield "arrival", "A step counts from delivery exactly when it needs the parcel to have arrived."
    if waits and subject is not Subject.FULFILLMENT:
        yield "arrival", "Only a flow that a parcel starts can wait for its arrival."
    if step.message_class is MessageClass.REVIEW_ASK and step.arrival is not Arrival.LIKELY:
        yield "arrival", "A review request needs the product in hand."
    if not waits and step.fallback is not None:
        yield "fallback_days", "Only a step that waits for delivery has a latest day."
    if waits and step.fallback is None:
        least = step.delay // timedelta(days=1) + 2 * step.business_days + 1
        yield "fallback_days", f"Latest day must be {least} to {LONGEST_FALLBACK} days. You entered nothing."
