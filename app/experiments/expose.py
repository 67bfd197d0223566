"""Find an experiment's arm for a customer, and record that they saw it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.experiments.assign import Choice, assign
from app.experiments.models import Arm, Experiment, Exposure
from app.kit.work import entered_shop


def start(session: Session, key: str, arms: tuple[str, ...], at: datetime) -> None:
    """Start an experiment with equal shares; one that runs already stays as it is."""
    shop_id = entered_shop(session)
    made = session.scalar(
        insert(Experiment)
        .values(shop_id=shop_id, key=key, started_at=at)
        .on_conflict_do_nothing()
        .returning(Experiment.id),
    )
    if made is not None:
        session.add_all([Arm(shop_id=shop_id, experiment_id=made, key=arm, weight=1) for arm in arms])
        session.flush()


def arm_for(session: Session, key: str, customer_id: int) -> tuple[int, str] | None:
    """Return (experiment id, arm) of a running experiment for a customer; None where none runs."""
    shop_id = entered_shop(session)
    rows = session.execute(
        select(Experiment.id, Arm.key, Arm.weight)
        .join(Arm, (Arm.shop_id == Experiment.shop_id) & (Arm.experiment_id == Experiment.id))
        .where(Experiment.shop_id == shop_id, Experiment.key == key, Experiment.stopped_at.is_(None))
        .order_by(Arm.id),
    ).all()
    if not rows:
        return None
    arm = assign(key, shop_id, customer_id, [Choice(row.key, row.weight) for row in rows])
    return rows[0].id, arm


def expose(session: Session, experiment_id: int, customer_id: int, arm: str, message_id: int, at: datetime) -> None:
    """Record that a customer was shown an arm: the first time counts."""
    session.execute(
        insert(Exposure)
        .values(
            shop_id=entered_shop(session),
            experiment_id=experiment_id,
            customer_id=customer_id,
            arm=arm,
            message_id=message_id,
            happened_at=at,
        )
        .on_conflict_do_nothing(),
    )
