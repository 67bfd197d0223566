"""Give the reviews of a customer who was merged away to the one who was kept, one a line."""

from __future__ import annotations

from sqlalchemy import exists, update
from sqlalchemy.orm import Session, aliased

from app.customers.merge import CustomersMerged
from app.kit.work import entered_shop
from app.reviews.models import Review


def customers_merged(session: Session, event: CustomersMerged) -> None:
    """Point them at the customer who was kept; where both have one, each stays where it is and the kept one counts."""
    known = aliased(Review)
    theirs = exists().where(
        known.shop_id == Review.shop_id, known.order_line_id == Review.order_line_id, known.customer_id == event.kept_id
    )
    session.execute(
        update(Review)
        .where(Review.shop_id == entered_shop(session), Review.customer_id == event.gone_id, ~theirs)
        .values(customer_id=event.kept_id)
        .execution_options(synchronize_session=False)
    )
