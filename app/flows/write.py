"""Turn a decision to send into rows and bytes: the message, its words, its envelope."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.channels.base import OutboundMessage
from app.config import Config
from app.experiments import expose
from app.flows.compose import compose
from app.flows.decision import Send
from app.flows.gather import Gathered
from app.flows.linking import MessageLinks
from app.kit.clock import real_now
from app.messages import mime, presets
from app.messages.context import MailContext
from app.messages.fill import Filled, RenderError, fill
from app.messages.links import Purpose, url
from app.messages.models import Message
from app.messages.outbox import Prepared
from app.messages.prepare import Draft, Item, prepare
from app.messages.wording import mail_locale


class AlreadySaid(Exception):
    """Say that everything this message would speak about was spoken about meanwhile."""


def write(session: Session, config: Config, one: Gathered, verdict: Send, fence: int, now: datetime) -> Prepared:
    """Return the prepared message. Raise AlreadySaid, or RenderError when it cannot be written.

    Rows first: links carry the message's random id. All of it commits together, or none.
    """
    arm = _arm(session, one)
    ready = prepare(session, _draft(one, verdict, fence, arm[1] if arm else None))
    if ready is None:
        raise AlreadySaid
    lines = tuple(item.id for item in ready.items if item.kind == "order_line") or verdict.lines
    linking = MessageLinks(session, config, ready)
    context = compose(session, one, lines, linking, arm[1] if arm else "", now)
    filled = fill(presets.template(one.step.key, context.locale), context.as_mapping())
    message = session.get_one(Message, (one.order.shop_id, ready.message_id))
    message.subject = filled.subject
    if arm is not None and one.order.customer_id is not None:
        expose.expose(session, arm[0], one.order.customer_id, arm[1], ready.message_id, now)
    outbound = _envelope(config, message, filled, context)
    return Prepared(ready.message_id, one.follow_up.id, ready.attempt, fence, lines, outbound)


def _draft(one: Gathered, verdict: Send, fence: int, arm: str | None) -> Draft:
    if one.person.address is None:
        raise RenderError("customer.email", "There is no address to write to.")
    about_lines = [Item("order_line", line) for line in verdict.lines] if one.step.about_lines else []
    return Draft(
        follow_up_id=one.follow_up.id,
        order_id=one.order.id,
        customer_id=one.order.customer_id,
        step=one.step.key,
        message_class=one.step.message_class,
        recipient=one.person.address,
        locale=mail_locale(one.enrollment.frozen.get("locale") or one.order.locale),
        arm=arm,
        items=about_lines or [Item(one.enrollment.subject_kind, one.enrollment.subject_id)],
        fence=fence,
    )


def _arm(session: Session, one: Gathered) -> tuple[int, str] | None:
    if one.order.customer_id is None or not presets.PRESETS[one.step.key].arms:
        return None
    return expose.arm_for(session, one.step.key, one.order.customer_id)


def _envelope(config: Config, message: Message, filled: Filled, context: MailContext) -> OutboundMessage:
    domain = config.mail_from.rpartition("@")[2]
    letter = mime.Letter(
        message_id=f"<{message.public_id}@{domain}>",
        sent_at=real_now(),
        from_name=context.shop.name,
        from_address=config.mail_from,
        to_address=message.recipient,
        reply_to=context.shop.email,
        subject=filled.subject,
        text=filled.text,
        html=filled.html,
        unsubscribe_url=url(config, Purpose.UNSUBSCRIBE, message.shop_id, message.public_id)
        if context.links.unsubscribe
        else "",
        is_notice=presets.PRESETS[message.step].is_notice,
    )
    return OutboundMessage(letter.message_id, config.mail_from, message.recipient, mime.compose(letter))
