"""Say which way a run went and by what: its waits and forks, as they were kept. Pure, English."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.flows.language.conditions.condition_words import finding_words
from app.flows.language.conditions.judge import read_finding
from app.flows.language.flow import Branch, FlowDocument, Node, Split, WaitUntil, nodes
from app.flows.runs.path import Taken
from app.flows.words.day_words import clock_words, date_words
from app.flows.words.described.flow_words import HAPPENS


def way_words(path: Iterable[Taken], flow: FlowDocument, zone: ZoneInfo, now: datetime) -> tuple[str, ...]:
    """Return a sentence for every wait and fork behind a run, in the order it came to them; dates by `zone`."""
    known = {node.key: node for node in nodes(flow.steps)}
    return tuple(_one(each, known[each.key], zone, now) for each in path if each.key in known)


def _one(taken: Taken, node: Node, zone: ZoneInfo, now: datetime) -> str:
    at = f"{date_words(taken.at, zone, now)} {clock_words(taken.at, zone)}"
    match node:
        case Branch():
            found = "; ".join(_found(each) for each in taken.because)
            way = "took the way its condition asks for" if taken.way == "then" else "took the other way"
            return f"{at}: {way} ({found})." if found else f"{at}: {way}."
        case Split():
            return f"{at}: {node.experiment} drew {taken.way}."
        case WaitUntil() if taken.way == "gave_up":
            return f"{at}: went on without waiting longer."
        case WaitUntil() if node.event is not None:
            return f"{at}: went on, as {HAPPENS[node.event]}."
        case _:
            return f"{at}: waited till then."


def _found(raw: Mapping[str, Any]) -> str:
    finding = read_finding(raw)
    return finding_words(finding) if finding is not None else "a fact that is no longer known"
