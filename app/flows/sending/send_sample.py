"""Send a merchant one of their mails, as it would look: to their own contact address, marked as a test."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.channels.base import OutboundMessage, OutcomeUnknown, PhasedTransport, TransportError
from app.config import Config
from app.kit.clock import real_now
from app.kit.errors import Invalid, Unavailable
from app.kit.runtime import Runtime
from app.kit.signing import new_public_id
from app.kit.work import entered_shop
from app.messages.mail import mime
from app.messages.mail.fill import Filled
from app.messages.mail.mime import MimeError
from app.shops.models import ShopProfile

MARK = "Test: "


def sample_letter(session: Session, config: Config, mail: Filled | None, problem: str = "") -> OutboundMessage:
    """Return the bytes of a mail, addressed to the shop's own contact.

    `problem` says why there is none, where `mail` is None. Raises Invalid where it cannot be written or addressed.
    No unsubscribe header: nobody is to be unsubscribed by a test.
    """
    profile = session.scalars(select(ShopProfile).where(ShopProfile.shop_id == entered_shop(session))).one_or_none()
    if profile is None or not profile.contact_email:
        raise Invalid("Your shop has no contact e-mail. Set one in Shopify, Settings, General.", field="to")
    if mail is None:
        raise Invalid(f"This mail cannot be written: {problem}", field="order")
    letter = mime.Letter(
        message_id=f"<test-{new_public_id()}@{config.mail_from.rpartition('@')[2]}>",
        sent_at=real_now(),
        from_name=profile.name,
        from_address=config.mail_from,
        to_address=profile.contact_email,
        reply_to=profile.contact_email,
        subject=f"{MARK}{mail.subject}",
        text=mail.text,
        html=mail.html,
    )
    try:
        content = mime.compose(letter)
    except MimeError as wrong:
        raise Invalid("Your contact e-mail in Shopify is not an address mail can be sent to.", field="to") from wrong
    return OutboundMessage(letter.message_id, config.mail_from, profile.contact_email, content)


def send(runtime: Runtime, outbound: OutboundMessage) -> None:
    """Hand the mail to the mail server, outside any transaction. Raises Unavailable where it does not take it."""
    transport: PhasedTransport = runtime.parts["transport"]()
    try:
        transport.begin(outbound)
        transport.finish()
    except TransportError as refusal:
        raise Unavailable(f"The mail server did not take it: {refusal.message}") from refusal
    except OutcomeUnknown as silence:
        raise Unavailable("The mail server never answered. Look in your inbox before you try again.") from silence
    finally:
        transport.close()
