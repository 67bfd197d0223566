"""Replay a past: as it was, or as if a flow had been another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from app.flows.facts.calendars import SeasonSetting
from app.flows.language.flow import FlowDocument
from app.flows.models import FlowState
from app.flows.replay.history.load import together
from app.flows.replay.history.past import FlowPast, Past
from app.flows.replay.history.rows import flow_row
from app.flows.replay.report import Outcome, outcomes
from app.flows.replay.walk.walk import Walk

SUPPOSED: Final = -1  # the id of a flow the shop does not have


def replay(past: Past, until: datetime) -> list[Outcome]:
    """Return what became of every message until an instant."""
    found: list[Outcome] = []
    for orders in together(past):
        walk = Walk(past)
        walk.walk(orders, until)
        found += outcomes(walk)
    return found


def as_if(past: Past, document: FlowDocument, since: datetime) -> Past:
    """Return the past as if a flow had been this document from `since` on, whatever it was.

    It is asked with the seasons of today: a document can name them before the past had them.
    """
    known = next((each.flow for each in past.flows if each.flow.key == document.key), None)
    flow = flow_row(
        id=known.id if known is not None else SUPPOSED,
        shop_id=past.shop_id,
        key=document.key,
        state=FlowState.RUNNING,
        version=1,
        started_at=since,
        include_from=since,
    )
    others = [each for each in past.flows if each.flow.key != document.key]
    seasons = past.stored(datetime.max.replace(tzinfo=UTC)).of(SeasonSetting)
    return replace(past, flows=[*others, FlowPast(flow, [(since, 1, document)])], supposed=seasons)
