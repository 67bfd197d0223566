"""Keep some people out on purpose, so that it can be measured what the messages change. Always the same people.

A holdout is an experiment of two arms. Its share may grow or shrink: who was in the smaller one is in the larger too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.experiments.assign import Choice, assign
from app.experiments.models import Arm, Experiment, Exposure, Holdout
from app.kit.errors import Invalid
from app.kit.work import entered_shop

SHOP: Final = "shop"
PREFIX: Final = "holdout."
HELD: Final = "held"
SENT: Final = "sent"
DIGITS: Final = 4  # as much as is said back of what was typed
LARGEST: Final = 50  # percent: beyond it more people would be kept out than written to


@dataclass(frozen=True, slots=True)
class Share:
    """Say how many in a hundred a holdout keeps out, under which experiment it is recorded."""

    experiment_id: int
    percent: int


@dataclass(frozen=True, slots=True)
class KeptOut:
    """Name one message a holdout kept back, and when it would have gone (aware UTC)."""

    key: str
    customer_id: int
    follow_up_id: int
    would_send_at: datetime


def of_flow(key: str) -> str:
    """Return the name of a flow's holdout."""
    return f"flow.{key}"


def shares(session: Session) -> dict[str, Share]:
    """Return the holdouts that keep anybody out, by name."""
    rows = session.execute(
        select(Experiment.id, Experiment.key, Arm.weight)
        .join(Arm, (Arm.shop_id == Experiment.shop_id) & (Arm.experiment_id == Experiment.id))
        .where(Experiment.shop_id == entered_shop(session), Experiment.key.startswith(PREFIX, autoescape=True))
        .where(Experiment.stopped_at.is_(None), Arm.key == HELD, Arm.weight > 0)
        .order_by(Experiment.id)
    )
    return {row.key.removeprefix(PREFIX): Share(row.id, row.weight) for row in rows}


def typed_share(typed: str, field: str) -> int:
    """Return a share as typed into a form's field, in a hundred; raise Invalid with what is allowed and was entered."""
    known = typed.strip()
    if not (known.isascii() and known.isdigit() and len(known) <= DIGITS and int(known) <= LARGEST):
        entered = known[:DIGITS] or "nothing"
        raise Invalid(f"Share kept out must be 0 to {LARGEST}. You entered {entered}.", field=field)
    return int(known)


def set_share(session: Session, key: str, percent: int, at: datetime) -> None:
    """Keep so many in a hundred out from now on; 0 keeps nobody out. Raises ValueError beyond 0 to 50."""
    if not 0 <= percent <= LARGEST:
        raise ValueError(f"A holdout is 0 to {LARGEST} percent, not {percent}.")
    shop = entered_shop(session)
    session.execute(
        insert(Experiment).values(shop_id=shop, key=f"{PREFIX}{key}", started_at=at).on_conflict_do_nothing()
    )
    found = session.scalars(
        select(Experiment.id).where(Experiment.shop_id == shop, Experiment.key == f"{PREFIX}{key}").with_for_update()
    ).one()
    for arm, weight in ((HELD, percent), (SENT, 100 - percent)):
        session.execute(
            insert(Arm).values(shop_id=shop, experiment_id=found, key=arm, weight=weight).on_conflict_do_nothing()
        )
        session.execute(
            update(Arm).where(Arm.shop_id == shop, Arm.experiment_id == found, Arm.key == arm).values(weight=weight)
        )
    session.flush()


def count_kept_out(session: Session, key: str) -> int:
    """Return how many people a holdout has kept a message from so far."""
    people = select(func.count(Holdout.customer_id.distinct())).where(
        Holdout.shop_id == entered_shop(session), Holdout.key == key
    )
    return session.scalar(people) or 0


def held_by(known: Mapping[str, Share], shop_id: int, customer_id: int | None, flow: str) -> tuple[str, int] | None:
    """Return the holdout a person is in, with its percent: the shop's before the flow's; None where in neither."""
    for key in (SHOP, of_flow(flow)):
        share = known.get(key)
        if share is not None and customer_id is not None and is_held(key, shop_id, customer_id, share.percent):
            return key, share.percent
    return None


def is_held(key: str, shop_id: int, customer_id: int, percent: int) -> bool:
    """Tell whether a person is kept out: the same answer whenever it is asked, and for every larger share."""
    choices = (Choice(HELD, percent), Choice(SENT, 100 - percent))
    return assign(f"{PREFIX}{key}", shop_id, customer_id, choices) == HELD


def log(session: Session, kept_out: Sequence[KeptOut], at: datetime) -> None:
    """Record messages that were kept back, each once, and that their people are in the arm that is."""
    if not kept_out:
        return
    shop = entered_shop(session)
    session.execute(
        insert(Holdout).on_conflict_do_nothing(),
        [
            {
                "shop_id": shop,
                "key": each.key,
                "customer_id": each.customer_id,
                "follow_up_id": each.follow_up_id,
                "would_send_at": each.would_send_at,
            }
            for each in kept_out
        ],
    )
    known = shares(session)
    _expose(session, [(known[each.key], each.customer_id, HELD) for each in kept_out if each.key in known], at)


def expose_sent(session: Session, sent: Sequence[tuple[int, str]], at: datetime) -> None:
    """Record that people (our customer id, the flow's key) were written to while holdouts of theirs run."""
    known = shares(session) if sent else {}
    rows = [
        (share, customer, SENT)
        for customer, flow in sent
        for key, share in known.items()
        if key in {SHOP, of_flow(flow)}
    ]
    _expose(session, rows, at)


def _expose(session: Session, rows: Sequence[tuple[Share, int, str]], at: datetime) -> None:
    if rows:
        session.execute(
            insert(Exposure).on_conflict_do_nothing(),
            [
                {
                    "shop_id": entered_shop(session),
                    "experiment_id": share.experiment_id,
                    "customer_id": customer,
                    "arm": arm,
                    "message_id": None,
                    "happened_at": at,
                }
                for share, customer, arm in rows
            ],
        )
