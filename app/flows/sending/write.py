"""Turn decisions to send into words and bytes. What many messages need is read at once; writing one asks nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.channels.base import OutboundMessage
from app.config import Config
from app.experiments import expose
from app.experiments.expose import Running
from app.flows.facts.gather import Gathered
from app.flows.facts.gather_items import spoken_as
from app.flows.facts.gather_shown import Shown, gather_shown
from app.flows.facts.mail_names import mail_names
from app.flows.rules.decision import Send
from app.flows.sending.compose import compose
from app.flows.sending.linking import MessageLinks
from app.kit.clock import real_now
from app.messages import prepare
from app.messages.mail import mime, presets
from app.messages.mail.context import MailContext
from app.messages.mail.fill import Filled, RenderError, fill
from app.messages.mail.preset_list import PRESETS
from app.messages.mail.substance import substance
from app.messages.models import MessageState
from app.messages.prepare import Draft, Known
from app.messages.signed.links import Purpose, url


@dataclass(frozen=True, slots=True)
class Desk:
    """Hold what writing a batch of messages takes. `known` is by follow-up, `running` by mail."""

    config: Config
    shown: Shown
    known: Mapping[int, Known]
    running: Mapping[str, Running]


@dataclass(frozen=True, slots=True)
class Written:
    """Hold a message in words, before it has rows."""

    one: Gathered
    verdict: Send
    draft: Draft
    outbound: OutboundMessage
    experiment_id: int | None = None


def prepare_desk(session: Session, config: Config, about: Sequence[Gathered]) -> Desk:
    """Return what writing about these follow-ups takes."""
    mails = {one.step.template for one in about if one.step.template in PRESETS and PRESETS[one.step.template].arms}
    runs = [(one.follow_up, one.enrollment, one.order, one.flow) for one in about]
    return Desk(
        config,
        gather_shown(session, about),
        prepare.known(session, {row: names[0] for row, names in mail_names(session, config.link_keys, runs).items()}),
        expose.running(session, mails),
    )


def write(desk: Desk, one: Gathered, verdict: Send, now: datetime) -> Written | None:
    """Return one message in words, None when it was handed over before. Raises RenderError or MimeError."""
    known = desk.known[one.follow_up.id]
    may_have_left = known.state is MessageState.UNKNOWN and one.follow_up.again_at is not None
    if known.state is not MessageState.PLANNED and not may_have_left:
        return None
    if one.person.address is None:
        raise RenderError("customer.email", "There is no address to write to.")
    if one.step.template not in PRESETS:
        raise RenderError("template", "There is no mail of this name.")
    running = desk.running.get(one.step.template)
    customer = one.order.customer_id
    arm = running.arm(customer) if running is not None and customer is not None else None
    linking = MessageLinks(desk.config, one.order.shop_id, known)
    context = compose(desk.shown, one, verdict.lines, linking, arm or "", now)
    filled = fill(presets.template(one.step.template, context.locale), context.as_mapping())
    draft = Draft(
        known=known,
        follow_up_id=one.follow_up.id,
        order_id=one.order.id,
        customer_id=customer,
        step=one.step.key,
        message_class=one.step.message_class,
        recipient=one.person.address,
        locale=context.locale,
        subject=filled.subject,
        substance=substance(filled.subject, filled.text),
        optional=not one.step.is_news,
        arm=arm,
        items=_items(one, verdict),
        spoken_as=spoken_as(one.step, one.enrollment),
        links=linking.made,
        fence=one.follow_up.fence,
    )
    outbound = _envelope(desk.config, one, draft, filled, context)
    return Written(one, verdict, draft, outbound, running.id if running is not None and arm else None)


def _items(one: Gathered, verdict: Send) -> list[prepare.Item]:
    about_lines = [("order_line", line) for line in verdict.lines] if one.step.about_lines else []
    return about_lines or [(one.enrollment.subject_kind, one.enrollment.subject_id)]


def _envelope(config: Config, one: Gathered, draft: Draft, filled: Filled, context: MailContext) -> OutboundMessage:
    public_id = draft.known.public_id
    domain = config.mail_from.rpartition("@")[2]
    letter = mime.Letter(
        message_id=f"<{public_id}@{domain}>",
        sent_at=real_now(),
        from_name=context.shop.name,
        from_address=config.mail_from,
        to_address=draft.recipient,
        reply_to=context.shop.email,
        subject=filled.subject,
        text=filled.text,
        html=filled.html,
        unsubscribe_url=url(config, Purpose.UNSUBSCRIBE, one.order.shop_id, public_id)
        if context.links.unsubscribe
        else "",
        is_notice=PRESETS[one.step.template].is_notice,
    )
    return OutboundMessage(letter.message_id, config.mail_from, draft.recipient, mime.compose(letter))
