"""Read the published versions of a shop's flows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from app.flows.language.flow import FlowDocument
from app.flows.language.forms import flow_document, read_step
from app.flows.models import Flow, FlowState, FlowVersion
from app.kit.rows.question import SHOP, Question, ask, one_of
from app.kit.work import entered_shop

TEXTS: Final = (cast(FlowVersion.document, Text).label("document"), cast(FlowVersion.gone, Text).label("gone"))
VERSIONS: Final = Question(
    select(FlowVersion.flow_id, FlowVersion.number, *TEXTS).where(
        FlowVersion.shop_id == SHOP, one_of(FlowVersion.flow_id, "flows")
    )
)


def flows(session: Session) -> dict[str, Flow]:
    """Return the shop's flows by key, in the order they are shown."""
    rows = session.scalars(select(Flow).where(Flow.shop_id == entered_shop(session)).order_by(Flow.id))
    return {flow.key: flow for flow in rows}


def documents(session: Session, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], FlowDocument]:
    """Return the documents of (flow id, version number) pairs."""
    pairs = set(wanted)
    (rows,) = ask(session, (VERSIONS, of_flows(pairs)))
    return read(rows, pairs)


def of_flows(pairs: Iterable[tuple[int, int]]) -> dict[str, list[int]]:
    """Return the keys to ask for their versions by."""
    return {"flows": sorted({flow_id for flow_id, _ in pairs})}


def read(rows: Iterable[Any], pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], FlowDocument]:
    """Return the documents of the pairs from the versions read."""
    return {
        (row.flow_id, row.number): document(row.document, row.gone)
        for row in rows
        if (row.flow_id, row.number) in pairs
    }


@lru_cache(maxsize=1_000)
def document(told: str, gone: str) -> FlowDocument:
    """Read a version by its TEXTS, once a process: equal texts are equal documents, whoever's they are."""
    steps = tuple(read_step(each) for each in json.loads(gone))
    return replace(flow_document(json.loads(told)), gone=steps)


def current(session: Session) -> dict[str, tuple[Flow, FlowDocument]]:
    """Return the shop's flows with their published documents, by key."""
    rows = session.execute(
        select(Flow, *TEXTS)
        .join(FlowVersion, (FlowVersion.shop_id == Flow.shop_id) & (FlowVersion.flow_id == Flow.id))
        .where(Flow.shop_id == entered_shop(session), FlowVersion.number == Flow.version)
        .order_by(Flow.id)
    )
    return {flow.key: (flow, document(told, gone)) for flow, told, gone in rows}


def is_running(session: Session) -> bool:
    """Tell whether any flow of the shop runs: whether it was started."""
    running = select(Flow.id).where(Flow.shop_id == entered_shop(session), Flow.state == FlowState.RUNNING)
    return session.scalar(running.limit(1)) is not None
