"""Find what a shopper's link points at. Forged, unknown, foreign, outlived and erased all get the same answer."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.customers.models import Customer
from app.kit.clock import business_now
from app.kit.errors import NotFound
from app.kit.runtime import Runtime
from app.kit.work import enter_shop
from app.messages.models import Message, TrackedLink
from app.messages.signed import links
from app.messages.signed.links import Purpose

# An old mail in a lost mailbox must not write in somebody's name for ever. Stopping mail never ends.
LIVES = {Purpose.REVIEW: timedelta(days=90)}


def message_of(session: Session, runtime: Runtime, purpose: Purpose, token: str) -> Message:
    """Enter the link's shop and return its message; raise NotFound for anything but a genuine, living link."""
    linked = links.read(runtime.config, purpose, token)
    if linked is None:
        raise NotFound
    enter_shop(session, linked.shop_id)
    message = session.scalars(
        select(Message).where(Message.shop_id == linked.shop_id, Message.public_id == linked.public_id),
    ).one_or_none()
    if message is None or is_erased(session, message) or _outlived(session, message, purpose):
        raise NotFound
    return message


def link_of(session: Session, runtime: Runtime, token: str) -> TrackedLink:
    """Enter the link's shop and return the tracked link behind a click; raise NotFound otherwise."""
    linked = links.read(runtime.config, Purpose.CLICK, token)
    if linked is None:
        raise NotFound
    enter_shop(session, linked.shop_id)
    found = session.execute(
        select(TrackedLink, Message)
        .join(Message, (Message.shop_id == TrackedLink.shop_id) & (Message.id == TrackedLink.message_id))
        .where(TrackedLink.shop_id == linked.shop_id, TrackedLink.public_id == linked.public_id),
    ).one_or_none()
    if found is None or is_erased(session, found.Message):
        raise NotFound
    link: TrackedLink = found.TrackedLink
    return link


def is_erased(session: Session, message: Message) -> bool:
    """Tell whether the person a message went to has been erased since."""
    if message.customer_id is None:
        return False
    customer = session.get(Customer, (message.shop_id, message.customer_id))
    return customer is None or customer.erased_at is not None


def _outlived(session: Session, message: Message, purpose: Purpose) -> bool:
    lives = LIVES.get(purpose)
    return lives is not None and business_now(session) - message.created_at > lives
