"""Tell in which shop's name a mail came."""

from email.headerregistry import Address

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select
from sqlalchemy.orm import Session

from devstore.state.models import Customer, Mail, Shop

TEST = "Test: "  # how the subject of a mail begins that merchants send to themselves


def follow_up_of(session: Session, shop: Shop) -> ColumnElement[bool]:
    """Return what tells a mail to the shop's shoppers in the shop's name.

    From names the shop. One that names no shop of the store was sent under an older name: it belongs to the shop
    that knows the person.
    """
    others = session.scalars(select(Shop.name).where(Shop.id != shop.id)).all()
    knows = exists().where(Customer.shop_id == shop.id, Customer.email == Mail.recipient)
    older = and_(not_(or_(*map(_from, others))), knows) if others else knows
    return and_(not_(Mail.subject.startswith(TEST)), or_(_from(shop.name), older))


def _from(name: str) -> ColumnElement[bool]:
    """Match a From line with this name, quoted where the name needs it."""
    shown = str(Address(display_name=name, addr_spec="x@example.com")).removesuffix("x@example.com>")
    return or_(Mail.sender.startswith(shown, autoescape=True), Mail.sender.startswith(f"{name} <", autoescape=True))
