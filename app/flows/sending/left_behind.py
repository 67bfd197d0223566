"""Free what a message spoke about that never left and whose row has ended: another may speak about it now."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.flows.models import FollowUp, FollowUpState
from app.kit.work import entered_shop
from app.messages.models import Message, MessageItem, MessageState
from app.messages.prepare import Draft


def free_left_behind(session: Session, draft: Draft) -> bool:
    """Free the things of a draft that such a message holds; tell whether there was one."""
    shop = entered_shop(session)
    left = (
        select(Message.id)
        .join(FollowUp, (FollowUp.shop_id == Message.shop_id) & (FollowUp.id == Message.follow_up_id))
        .where(Message.shop_id == shop, Message.state == MessageState.PLANNED, FollowUp.state == FollowUpState.DONE)
    )
    freed = session.scalars(
        delete(MessageItem)
        .where(MessageItem.shop_id == shop, MessageItem.step == draft.spoken_as, MessageItem.message_id.in_(left))
        .where(MessageItem.item_kind.in_({kind for kind, _ in draft.items}))
        .where(MessageItem.item_id.in_({item for _, item in draft.items}))
        .returning(MessageItem.id)
    ).all()
    return bool(freed)
