"""Read the published versions of a shop's flows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from app.flows.language.flow import FlowDocument
from app.flows.language.forms import flow_document, read_step
from app.flows.models import Flow, FlowState, FlowVersion
from app.kit.work import entered_shop


def flows(session: Session) -> dict[str, Flow]:
    """Return the shop's flows by key, in the order they are shown."""
    rows = session.scalars(select(Flow).where(Flow.shop_id == entered_shop(session)).order_by(Flow.id))
    return {flow.key: flow for flow in rows}


def documents(session: Session, wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], FlowDocument]:
    """Return the documents of (flow id, version number) pairs."""
    pairs = set(wanted)
    rows = session.execute(
        select(
            FlowVersion.flow_id,
            FlowVersion.number,
            cast(FlowVersion.document, Text).label("document"),
            cast(FlowVersion.gone, Text).label("gone"),
        ).where(
            FlowVersion.shop_id == entered_shop(session), FlowVersion.flow_id.in_({flow_id for flow_id, _ in pairs})
        ),
    )
    return {
        (row.flow_id, row.number): _read(row.document, row.gone) for row in rows if (row.flow_id, row.number) in pairs
    }


@lru_cache(maxsize=1_000)
def _read(document: str, gone: str) -> FlowDocument:
    """Read a version, once a process: equal texts are equal documents, whoever's they are."""
    steps = tuple(read_step(each) for each in json.loads(gone))
    return replace(flow_document(json.loads(document)), gone=steps)


def current(session: Session) -> dict[str, tuple[Flow, FlowDocument]]:
    """Return the shop's flows with their published documents, by key."""
    rows = session.execute(
        select(Flow, cast(FlowVersion.document, Text), cast(FlowVersion.gone, Text))
        .join(FlowVersion, (FlowVersion.shop_id == Flow.shop_id) & (FlowVersion.flow_id == Flow.id))
        .where(Flow.shop_id == entered_shop(session), FlowVersion.number == Flow.version)
        .order_by(Flow.id)
    )
    return {flow.key: (flow, _read(document, gone)) for flow, document, gone in rows}


def is_running(session: Session) -> bool:
    """Tell whether any flow of the shop runs: whether it was started."""
    running = select(Flow.id).where(Flow.shop_id == entered_shop(session), Flow.state == FlowState.RUNNING)
    return session.scalar(running.limit(1)) is not None
