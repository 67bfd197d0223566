"""Make the links of one message that lead outside through us, so that a click can be counted."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.config import Config
from app.kit.signing import new_public_id
from app.kit.work import entered_shop
from app.messages.links import Purpose, url
from app.messages.models import TrackedLink


def tracked(session: Session, config: Config, message_id: int, purpose: str, target: str) -> str:
    """Return our click link to `target`; "" for an empty target. A message written again keeps its links."""
    if not target:
        return ""
    shop_id = entered_shop(session)
    session.execute(
        insert(TrackedLink)
        .values(
            shop_id=shop_id,
            message_id=message_id,
            public_id=new_public_id(),
            purpose=purpose,
            position=0,
            target=target,
        )
        .on_conflict_do_update(
            index_elements=["shop_id", "message_id", "purpose", "position"], set_={"target": target}
        ),
    )
    public_id = session.scalars(
        select(TrackedLink.public_id).where(
            TrackedLink.shop_id == shop_id,
            TrackedLink.message_id == message_id,
            TrackedLink.purpose == purpose,
            TrackedLink.position == 0,
        ),
    ).one()
    return url(config, Purpose.CLICK, shop_id, public_id)
