"""Read how often messages were looked at and what was found: the same found again and again is one finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.flows.models import Decision
from app.kit.rows.among import among
from app.kit.work import entered_shop

SAME: Final = (Decision.outcome, Decision.rule, Decision.reason)


@dataclass(frozen=True, slots=True)
class Finding:
    """Evaluations in a row that came to the same for the same reason: the last of them, how many, since when (UTC)."""

    last: Decision
    times: int
    since: datetime


def findings(session: Session, ids: Sequence[int], most: int) -> dict[int, list[Finding]]:
    """Return the `most` latest findings about each follow-up, the newest first; one not looked at yet has none.

    Counted from columns alone: the facts, which weigh a hundred times as much, are read of what is told.
    """
    every = (
        select(
            Decision.follow_up_id,
            Decision.id,
            Decision.decided_at,
            *SAME,
            _place(Decision.follow_up_id).label("place"),
            _place(Decision.follow_up_id, *SAME).label("place_of_same"),
        )
        .where(Decision.shop_id == entered_shop(session), among(Decision.follow_up_id, ids))
        .subquery()
    )
    newest = aggregate_order_by(every.c.id, every.c.decided_at.desc(), every.c.id.desc())
    rows = (
        select(
            every.c.follow_up_id,
            func.array_agg(newest)[1].label("id"),
            func.count().label("times"),
            func.min(every.c.decided_at).label("since"),
            func.row_number()
            .over(partition_by=every.c.follow_up_id, order_by=func.min(every.c.place))
            .label("from_newest"),
        )
        .group_by(
            every.c.follow_up_id,
            *(every.c[column.key] for column in SAME),
            every.c.place - every.c.place_of_same,
        )
        .subquery()
    )
    told = session.execute(
        select(rows).where(rows.c.from_newest <= most).order_by(rows.c.follow_up_id, rows.c.from_newest)
    ).all()
    whole = session.scalars(
        select(Decision).where(Decision.shop_id == entered_shop(session), among(Decision.id, [row.id for row in told]))
    )
    by_id = {each.id: each for each in whole}
    found: dict[int, list[Finding]] = defaultdict(list)
    for row in told:
        found[row.follow_up_id].append(Finding(by_id[row.id], row.times, row.since))
    return found


def _place(*within: InstrumentedAttribute[Any]) -> ColumnElement[int]:
    """Return the place of an evaluation, the newest first, among those that are alike in `within`."""
    return func.row_number().over(partition_by=within, order_by=(Decision.decided_at.desc(), Decision.id.desc()))
