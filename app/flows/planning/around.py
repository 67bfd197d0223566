"""Read what an order is planned by beside itself and its parcels, in one trip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, DateTime, bindparam, or_, select
from sqlalchemy.orm import Session

from app.flows.facts import published
from app.flows.language.flow import FlowDocument
from app.flows.models import Enrollment, Flow, FlowVersion
from app.kit.rows.question import SHOP, Question, ask
from app.orders.models import Order
from app.orders.reversals import ReturnCase

ORDER: Final = bindparam("order", type_=BigInteger)
MINE: Final = (Enrollment.shop_id == SHOP, Enrollment.order_id == ORDER)

RUNS: Final = Question(
    select(Enrollment.flow_id, Enrollment.subject_kind, Enrollment.subject_id, Enrollment.ended_reason).where(
        *MINE, Enrollment.occurrence == 0
    )
)
FLOWS: Final = Question(
    select(Flow.id, Flow.version, Flow.started_at, Flow.include_from, FlowVersion.number, *published.TEXTS)
    .join(FlowVersion, (FlowVersion.shop_id == Flow.shop_id) & (FlowVersion.flow_id == Flow.id))
    .where(
        Flow.shop_id == SHOP,
        or_(
            FlowVersion.number == Flow.version,
            select(Enrollment.id)
            .where(*MINE, Enrollment.flow_id == Flow.id, Enrollment.version == FlowVersion.number)
            .exists(),
        ),
    )
    .order_by(Flow.id)
)
RETURNS: Final = Question(
    select(ReturnCase.id, ReturnCase.status).where(ReturnCase.shop_id == SHOP, ReturnCase.order_id == ORDER)
)
# Of earlier orders only: two orders that change at once never wait for each other.
WAITING: Final = (
    Enrollment.shop_id == SHOP,
    Enrollment.customer_id == bindparam("person", type_=BigInteger),
    Enrollment.order_id < ORDER,
    Enrollment.look_at > bindparam("now", type_=DateTime(timezone=True)),
)
OTHERS: Final = Question(select(Enrollment.id).where(*WAITING).limit(1))

Runs = Mapping[tuple[int, str, int], str | None]  # why each ended, by flow and subject
Documents = Mapping[tuple[int, int], FlowDocument]  # by flow and version


@dataclass(frozen=True, slots=True)
class Around:
    """Hold plain rows. `documents` are the published ones of `flows`, and those the order's runs are pinned to."""

    flows: Sequence[Flow]
    documents: Documents
    runs: Runs
    returns: Sequence[ReturnCase]
    others_wait: bool  # the same person's runs of earlier orders

    @property
    def offered(self) -> list[tuple[Flow, FlowDocument]]:
        """Return the flows with their published documents, in the order they are shown."""
        return [(flow, self.documents[flow.id, flow.version]) for flow in self.flows]


def around(session: Session, order: Order, now: datetime) -> Around:
    """Return what an order is planned by."""
    about = {"order": order.id}
    others = {"order": order.id, "person": order.customer_id or 0, "now": now}
    flows, runs, returns, waiting = ask(session, (FLOWS, about), (RUNS, about), (RETURNS, about), (OTHERS, others))
    return Around(
        flows=[row for row in flows if row.number == row.version],
        documents={(row.id, row.number): published.document(row.document, row.gone) for row in flows},
        runs={(row.flow_id, row.subject_kind, row.subject_id): row.ended_reason for row in runs},
        returns=returns,
        others_wait=bool(waiting),
    )
