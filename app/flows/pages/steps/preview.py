"""Write a mail as it would be, for the merchant to look at: a real order in it, no row stored, no link that acts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.flows.facts.gather_shown import gather_shown
from app.flows.facts.people import first_name, full_name
from app.flows.language.steps import Subject
from app.flows.planning.by_hand.edit import find
from app.flows.planning.suppose import Wanted, suppose_whenever
from app.flows.rules.decision import Send, Skip
from app.flows.rules.reasons import Reason
from app.flows.sending.compose import compose
from app.flows.sending.linking import SampleLinks
from app.flows.words.decided.explain import reason_words
from app.kit.clock import business_now
from app.kit.errors import NotFound
from app.kit.work import entered_shop
from app.messages.mail import presets
from app.messages.mail.context import MailContext
from app.messages.mail.fill import Filled, RenderError, fill
from app.messages.mail.preset_list import PRESETS
from app.messages.mail.sample import sample_context
from app.orders.models import Order
from app.orders.parcels import Fulfillment
from app.shops.zone import shop_zone

LANGUAGES = {"en": "English", "de": "German"}
PASSING = frozenset({Reason.ALREADY_SENT, Reason.DELIVERY_UNCONFIRMED})  # says nothing about the person
SAMPLE_NAME = "an invented order"


@dataclass(frozen=True, slots=True)
class Preview:
    """One written mail. `problem` says why it cannot be written; `not_sent` why this person would not get it."""

    step: str
    template: str
    order_id: int | None
    order: str
    person: str
    language: str
    arm: str
    arms: tuple[str, ...]
    mail: Filled | None
    problem: str = ""
    not_sent: str = ""


def preview(session: Session, app_url: str, key: str, order_id: int | None, arm: str = "") -> Preview:
    """Return the mail of step `key` about an order, an invented one where `order_id` is None.

    Raises NotFound for a step, an order or a variant this shop does not have.
    """
    flow, document = find(session, key)
    mail = document.step(key).template
    if mail not in PRESETS:
        return _nothing_there(key, mail)
    arms = PRESETS[mail].arms
    if arm and arm not in arms:
        raise NotFound
    arm = arm or next(iter(arms), "")
    if order_id is None:
        context = sample_context("en", arm, pictures="")
        return _filled(
            Preview(key, mail, None, SAMPLE_NAME, context.customer.name, "English", arm, arms, None), context
        )
    order = session.scalars(
        select(Order).where(Order.shop_id == entered_shop(session), Order.id == order_id)
    ).one_or_none()
    if order is None:
        raise NotFound
    now = business_now(session)
    parcel = _parcel(session, order) if document.subject is Subject.FULFILLMENT else None
    supposed = suppose_whenever(session, Wanted(flow, document.step(key), order, parcel), now)
    one, verdict = supposed.gathered, supposed.verdict
    lines = verdict.lines if isinstance(verdict, Send) else ()
    told = Preview(
        step=key,
        template=mail,
        order_id=order.id,
        order=order.name,
        person=full_name(one.person.customer, order),
        language="",
        arm=arm,
        arms=arms,
        mail=None,
    )
    try:
        context = compose(gather_shown(session, [one]), one, lines, SampleLinks(app_url), arm, now)
    except RenderError as problem:
        return replace(told, problem=str(problem))
    stopped = verdict.reason if isinstance(verdict, Skip) and verdict.reason not in PASSING else None
    name, yours = first_name(one.person.customer, order), shop_zone(session)
    return replace(
        _filled(told, context),
        language=LANGUAGES[context.locale],
        not_sent=reason_words(stopped, one.facts, name, until=None, now=now, yours=yours) if stopped else "",
    )


def _nothing_there(key: str, mail: str) -> Preview:
    """Return the preview of a step kept with a mail there is not."""
    problem = f"There is no mail named {mail}. There are {', '.join(sorted(PRESETS))}."
    return Preview(key, mail, None, SAMPLE_NAME, "Nobody", "", "", (), None, problem)


def _filled(told: Preview, context: MailContext) -> Preview:
    try:
        return replace(told, mail=fill(presets.template(told.template, context.locale), context.as_mapping()))
    except RenderError as problem:
        return replace(told, problem=str(problem))


def _parcel(session: Session, order: Order) -> Fulfillment | None:
    """Return the parcel that shows most: one that arrived before one on its way."""
    return session.scalars(
        select(Fulfillment)
        .where(Fulfillment.shop_id == order.shop_id, Fulfillment.order_id == order.id)
        .order_by(Fulfillment.cancelled_at.is_not(None), Fulfillment.delivered_at.is_(None), Fulfillment.id.desc())
        .limit(1)
    ).one_or_none()
