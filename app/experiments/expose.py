"""Find an experiment's arm for a customer, and record that they saw it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.experiments.assign import Choice, assign
from app.experiments.models import Arm, Experiment, Exposure
from app.kit.work import entered_shop


def start(
    session: Session, key: str, arms: tuple[str, ...], at: datetime, shares: Mapping[str, int] | None = None
) -> None:
    """Start an experiment, with equal shares unless told; one that runs already stays as it is."""
    shop_id = entered_shop(session)
    made = session.scalar(
        insert(Experiment)
        .values(shop_id=shop_id, key=key, started_at=at)
        .on_conflict_do_nothing()
        .returning(Experiment.id),
    )
    if made is not None:
        session.add_all(
            [Arm(shop_id=shop_id, experiment_id=made, key=arm, weight=(shares or {}).get(arm, 1)) for arm in arms]
        )
        session.flush()


@dataclass(frozen=True, slots=True)
class Running:
    """Hold a running experiment with its arms."""

    id: int
    key: str
    shop_id: int
    choices: tuple[Choice, ...]

    def arm(self, customer_id: int) -> str:
        """Return a customer's arm, the same for as long as the experiment lives."""
        return assign(self.key, self.shop_id, customer_id, self.choices)


@dataclass(frozen=True, slots=True)
class Shown:
    """Say which arm of which experiment a message shows a customer."""

    experiment_id: int
    customer_id: int
    arm: str
    message_id: int | None  # none where the arm is a way through a flow


def running(session: Session, keys: Collection[str]) -> dict[str, Running]:
    """Return those of the experiments that run in this shop, by key."""
    shop_id = entered_shop(session)
    if not keys:
        return {}
    rows = session.execute(
        select(Experiment.id, Experiment.key, Arm.key.label("arm"), Arm.weight)
        .join(Arm, (Arm.shop_id == Experiment.shop_id) & (Arm.experiment_id == Experiment.id))
        .where(Experiment.shop_id == shop_id, Experiment.key.in_(keys), Experiment.stopped_at.is_(None))
        .order_by(Arm.id),
    ).all()
    ids = {row.key: row.id for row in rows}
    return {
        key: Running(ident, key, shop_id, tuple(Choice(row.arm, row.weight) for row in rows if row.key == key))
        for key, ident in ids.items()
    }


def expose(session: Session, shown: Sequence[Shown], at: datetime) -> None:
    """Record that customers were shown arms: the first time of each counts."""
    shop_id = entered_shop(session)
    rows = [
        {
            "shop_id": shop_id,
            "experiment_id": each.experiment_id,
            "customer_id": each.customer_id,
            "arm": each.arm,
            "message_id": each.message_id,
            "happened_at": at,
        }
        for each in shown
    ]
    if rows:
        session.execute(insert(Exposure).on_conflict_do_nothing(), rows)
