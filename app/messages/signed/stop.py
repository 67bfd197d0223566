"""A person stops all mail that is optional. Locks as the hand-off does: a committed stop is always seen."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.customers.consent import Proof, standing, state_consent
from app.customers.keep_choice import keep_choice
from app.customers.ledger import UNSUBSCRIBED, Source
from app.customers.models import Customer, SuppressionScope
from app.customers.push_consent import push_unsubscribe
from app.customers.suppress import lock_person, suppress
from app.customers.wish_topics import EVERYTHING
from app.customers.wishes import wishes
from app.kit.clock import business_now, real_now
from app.messages.models import Message, MessageEvent


def unsubscribe(session: Session, message: Message, proof: Proof, source: Source = Source.OUR_LINK) -> None:
    """Stop everything optional to the message's address and person. Doing it again changes nothing.

    Who has agreed at Shopify since, and stops it here once more, has said something new.
    """
    lock_person(session, message.recipient, message.customer_id)
    now = business_now(session)
    suppress(session, message.recipient, scope=SuppressionScope.OPTIONAL, reason=UNSUBSCRIBED, at=now)
    if message.customer_id is not None:
        _stop_person(session, message.shop_id, message.customer_id, proof, source)
    session.execute(
        insert(MessageEvent)
        .values(
            shop_id=message.shop_id,
            message_id=message.id,
            kind="unsubscribe",
            grade="human",
            target=None,
            source_key="once",
            happened_at=now,
        )
        .on_conflict_do_nothing(),
    )


def _stop_person(session: Session, shop_id: int, customer_id: int, proof: Proof, source: Source) -> None:
    off = wishes(session, [customer_id])[customer_id].off_since is not None
    said = standing(session, [customer_id]).get(customer_id)
    if off and said is not None and said.state == UNSUBSCRIBED:
        return
    state_consent(
        session,
        customer_id,
        state=UNSUBSCRIBED,
        source=source,
        happened_at=business_now(session),
        received_at=real_now(),
        proof=proof,
    )
    if not off:
        keep_choice(session, customer_id, EVERYTHING, "off", source)
    push_unsubscribe(session, session.get_one(Customer, (shop_id, customer_id)))
