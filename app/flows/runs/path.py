"""The way a run has taken: each wait that passed and each fork that was decided, with what it was decided by. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.flows.language.flow import FlowDocument, Node, nodes, ways


@dataclass(frozen=True, slots=True)
class Taken:
    """One wait or fork that lies behind a run. What is behind it is never decided again.

    `at` is the instant the run goes on from; `decided_at` when we looked. `because` are the comparisons made.
    """

    key: str
    way: str  # waited | happened | gave_up | reached | then | else | an arm's name
    at: datetime
    decided_at: datetime
    because: tuple[Mapping[str, Any], ...] = ()


def path_json(path: Iterable[Taken]) -> list[dict[str, Any]]:
    """Return a path as stored with its run."""
    return [
        {
            "key": each.key,
            "way": each.way,
            "at": each.at.isoformat(),
            "decided_at": each.decided_at.isoformat(),
            "because": [dict(found) for found in each.because],
        }
        for each in path
    ]


def read_path(raw: Sequence[Mapping[str, Any]]) -> tuple[Taken, ...]:
    """Return the path that `path_json` wrote."""
    return tuple(
        Taken(
            each["key"],
            each["way"],
            datetime.fromisoformat(each["at"]),
            datetime.fromisoformat(each["decided_at"]),
            tuple(each["because"]),
        )
        for each in raw
    )


def still_there(path: Sequence[Taken], flow: FlowDocument) -> tuple[Taken, ...]:
    """Return what of a path another version of the flow still knows: forks that are gone were never taken in it."""
    known = {node.key: node for node in nodes(flow.steps)}
    return tuple(each for each in path if each.key in known and _fits(each, known[each.key]))


def _fits(taken: Taken, node: Node) -> bool:
    forks = {name for name, _ in ways(node)}
    return taken.way in forks if forks else taken.way not in {"then", "else"}
