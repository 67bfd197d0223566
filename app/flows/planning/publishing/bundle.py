"""Export a shop's flows as one canonical bundle, and import one: the same documents give the same bytes.

A bundle holds documents alone. Whether a flow is on, and everything about people, stays with the shop.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.language.flow import FlowDocument
from app.flows.language.forms import WrongFlow, canonical, flow_document, flow_json
from app.flows.language.looking_back import LOOK_BACK
from app.flows.planning.publishing.save_flow import Saved, foresee_flow, save_flow, shared_messages

KIND: Final = "welltimed.flows"
BUNDLE_FORMAT: Final = 1
LONGEST_NUMBER: Final = 20  # digits
LARGEST: Final = 2_000_000  # characters; a flow of the most steps there may be is a hundred thousand


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, or would do, flow by flow in the bundle's order."""

    flows: tuple[Saved, ...]


def export_flows(session: Session) -> str:
    """Return the bundle of every published flow, sorted by key: equal flows give equal text, to the byte.

    The flow of the question about past orders is the program's own: another shop gets it with its first campaign.
    """
    every = published.current(session)
    documents = [flow_json(document) for key, (_, document) in every.items() if key != LOOK_BACK]
    return canonical({"kind": KIND, "format": BUNDLE_FORMAT, "flows": sorted(documents, key=lambda each: each["key"])})


def import_flows(session: Session, text: str, *, by: str, dry_run: bool = False, move: bool = False) -> Imported:
    """Publish what a bundle holds and the shop does not; all of it or, where anything is wrong, nothing.

    Flows the bundle does not name stay as they are. New ones come switched off. Raises WrongFlow with paths as
    "flows.parcel.steps.ask.delay_days".
    """
    documents = read_bundle(text)
    done: list[Saved] = []
    for document in documents:
        try:
            done.append(foresee_flow(session, document) if dry_run else save_flow(session, document, by=by, move=move))
        except WrongFlow as wrong:
            raise WrongFlow(_under(document.key, wrong)) from wrong
    return Imported(tuple(done))


def read_bundle(text: str) -> list[FlowDocument]:
    """Return the documents of a bundle. Raises WrongFlow."""
    raw = read_json(text)
    if not isinstance(raw, dict) or raw.get("kind") != KIND or raw.get("format") != BUNDLE_FORMAT:
        raise WrongFlow({"bundle": f"Expected a bundle of kind {KIND}, format {BUNDLE_FORMAT}."})
    rows = raw.get("flows")
    if not isinstance(rows, list):
        raise WrongFlow({"flows": "Expected a list of flows."})
    errors: dict[str, str] = {}
    found: list[FlowDocument] = []
    for position, row in enumerate(rows):
        name = row["key"] if isinstance(row, dict) and isinstance(row.get("key"), str) else str(position)
        try:
            found.append(flow_document(row))
        except WrongFlow as wrong:
            errors |= _under(name, wrong)
    _refuse_twice(found, errors)
    if errors:
        raise WrongFlow(errors)
    return found


def read_json(text: str) -> Any:
    """Return what JSON text holds. Raises WrongFlow with the line where it stops being JSON."""
    if len(text) > LARGEST:
        raise WrongFlow({"document": f"At most {LARGEST} characters. There are {len(text)}."})
    try:
        return json.loads(text, parse_int=_whole)
    except json.JSONDecodeError as problem:
        raise WrongFlow(
            {"document": f"This is not JSON from line {problem.lineno}, column {problem.colno} on."}
        ) from problem
    except RecursionError as problem:
        raise WrongFlow({"document": "Brackets stand in each other too deep."}) from problem


def _whole(digits: str) -> int | float:
    """Return a whole number; beyond what any field takes, one that its field can refuse and show."""
    return int(digits) if len(digits) <= LONGEST_NUMBER else float(digits)


def _refuse_twice(flows: list[FlowDocument], errors: dict[str, str]) -> None:
    seen: dict[str, FlowDocument] = {}
    for flow in flows:
        if flow.key in seen:
            errors[f"flows.{flow.key}.key"] = "Two flows carry the same key."
        for other in seen.values():
            for step in shared_messages(flow, other) if other.key != flow.key else ():
                errors[f"flows.{flow.key}.steps.{step}.key"] = "Another flow has a message of this key."
        seen[flow.key] = flow


def _under(key: str, wrong: WrongFlow) -> dict[str, str]:
    return {f"flows.{key}.{path}": sentence for path, sentence in wrong.errors.items()}
