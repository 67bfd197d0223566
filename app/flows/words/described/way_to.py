"""Say whom one message of a flow is for: what starts the flow, what is asked on the way, what ends it early. Pure."""

from __future__ import annotations

from app.flows.language.conditions.condition_words import condition_words
from app.flows.language.flow import Branch, FlowDocument, Node, Split, Wait, WaitUntil, ways
from app.flows.language.steps import Step
from app.flows.words.described.flow_words import exits_words, start_words, until_words
from app.flows.words.described.step_words import days_words


def way_to(flow: FlowDocument, key: str) -> tuple[str, ...]:
    """Return a sentence for each thing that decides whether a message is sent, in the order they are asked."""
    told = [start_words(flow.trigger), *(_way(flow.steps, key) or ())]
    told += [f"Asked again before it goes out: only where {condition_words(flow.profile)}."] if flow.profile else []
    told += [f"Left out once {exits_words(flow)}."] if flow.exit.on or flow.exit.condition else []
    return tuple(told)


def _way(steps: tuple[Node, ...], key: str) -> list[str] | None:
    """Return what stands before a message, None where it is not among these steps."""
    before: list[str] = []
    for node in steps:
        if isinstance(node, Step) and node.key == key:
            return before
        for place, (_, way) in enumerate(ways(node)):
            found = _way(way, key)
            if found is not None:
                return [*before, _fork(node, place), *found]
        before += _wait(node)
    return None


def _fork(node: Node, place: int) -> str:
    if isinstance(node, Branch):
        return f"Only where {condition_words(node.condition)}." if place == 0 else _other(node)
    if isinstance(node, Split):
        arm, whole = node.arms[place], sum(each.share for each in node.arms)
        return f"For {arm.share} of {whole} people ({node.experiment} {arm.name}), always the same ones."
    return ""


def _other(node: Branch) -> str:
    return f"Only where this does not hold: {condition_words(node.condition)}."


def _wait(node: Node) -> list[str]:
    if isinstance(node, Wait):
        return [f"After a wait of {days_words(node.delay)}."]
    if isinstance(node, WaitUntil):
        return [f"After waiting until {until_words(node)}, {days_words(node.at_most)} at most."]
    return []
