"""Give the arms that were seen of a customer who was merged away to the one who was kept, one an experiment."""

from __future__ import annotations

from sqlalchemy import exists, update
from sqlalchemy.orm import Session, aliased

from app.customers.merge import CustomersMerged
from app.experiments.models import Exposure
from app.kit.work import entered_shop


def customers_merged(session: Session, event: CustomersMerged) -> None:
    """Point them at the customer who was kept; where both have one, each stays where it is and the kept one counts."""
    known = aliased(Exposure)
    theirs = exists().where(
        known.shop_id == Exposure.shop_id,
        known.experiment_id == Exposure.experiment_id,
        known.customer_id == event.kept_id,
    )
    session.execute(
        update(Exposure)
        .where(Exposure.shop_id == entered_shop(session), Exposure.customer_id == event.gone_id, ~theirs)
        .values(customer_id=event.kept_id)
        .execution_options(synchronize_session=False)
    )
