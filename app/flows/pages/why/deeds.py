"""Read what somebody at the shop decided by hand about messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.models import Deed
from app.kit.rows.among import among
from app.kit.work import entered_shop


def deeds(session: Session, follow_up_ids: Sequence[int]) -> Mapping[int, Sequence[Deed]]:
    """Return the deeds by follow-up, the first first; of most there are none."""
    rows = session.scalars(
        select(Deed)
        .where(Deed.shop_id == entered_shop(session), among(Deed.follow_up_id, follow_up_ids))
        .order_by(Deed.done_at, Deed.id)
    )
    found: dict[int, list[Deed]] = defaultdict(list)
    for row in rows:
        found[row.follow_up_id].append(row)
    return found
