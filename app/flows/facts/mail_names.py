"""Name the mail of a follow-up by what it is about, so that it has the same name when its row was lost and made again.

Our own ids are no use for that: a database put back gives them out anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.facts.gather_items import ORDER_LINE
from app.flows.language.steps import Subject
from app.flows.models import Enrollment, Flow, FollowUp
from app.kit.rows.among import among
from app.kit.rows.question import SHOP, Question, ask, one_of
from app.kit.signing import derived_ids
from app.kit.work import entered_shop
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment
from app.reviews.models import Review

Run = tuple[FollowUp, Enrollment, Order, Flow]
Subjects = dict[tuple[str, int], int | str]

PARCELS: Final = Question(
    select(Fulfillment.id, Fulfillment.shopify_id).where(Fulfillment.shop_id == SHOP, one_of(Fulfillment.id, "parcels"))
)
LINES: Final = Question(
    select(OrderLine.id, OrderLine.shopify_id).where(OrderLine.shop_id == SHOP, one_of(OrderLine.id, "lines"))
)


def mail_names(session: Session, keys: Sequence[str], runs: Sequence[Run]) -> dict[int, list[str]]:
    """Return the names of each follow-up's mail by its id: the one it gets first, then those of older keys."""
    shop_id = entered_shop(session)
    parcels = {run.subject_id for _, run, _, _ in runs if run.subject_kind == Subject.FULFILLMENT}
    lines = {run.subject_id for _, run, _, _ in runs if run.subject_kind == ORDER_LINE}
    carried, bought = ask(session, (PARCELS, {"parcels": sorted(parcels)}), (LINES, {"lines": sorted(lines)}))
    subjects: Subjects = {(Subject.FULFILLMENT.value, row.id): row.shopify_id for row in carried}
    subjects |= {(ORDER_LINE, row.id): row.shopify_id for row in bought}
    reviews = {run.subject_id for _, run, _, _ in runs if run.subject_kind == Subject.REVIEW}
    if reviews:
        named = session.execute(
            select(Review.id, Review.public_id).where(Review.shop_id == shop_id, among(Review.id, reviews))
        )
        subjects |= {(Subject.REVIEW.value, row.id): row.public_id for row in named}
    return {row.id: derived_ids(keys, _about(row, run, order, flow, subjects)) for row, run, order, flow in runs}


def _about(row: FollowUp, run: Enrollment, order: Order, flow: Flow, subjects: Subjects) -> str:
    own = run.subject_kind in {Subject.FULFILLMENT, Subject.REVIEW, ORDER_LINE}
    subject = subjects.get((run.subject_kind, run.subject_id)) if own else order.shopify_id
    times = f".{run.occurrence}" if run.occurrence else ""
    return f"{row.shop_id}.{flow.key}.{run.subject_kind}.{subject}.{row.step}{times}"
