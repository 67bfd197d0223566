"""Rules about the person: address, law, their own choices. Pure; rows 11 to 13 of the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.customers.policy.judge import Judged, Person, judge
from app.flows.language.fitting import misfits
from app.flows.rules.case import Case, Verdict, keep, postpone, skip
from app.flows.rules.decision import Facts
from app.flows.rules.frequency_rules import often_enough
from app.flows.rules.reasons import Reason


def address_lives(case: Case) -> Verdict:
    """Skip, for every class, where the person is erased or merged away, or the address is dead or has complained."""
    customer = case.facts.customer
    if customer.erased_at is not None or customer.stopped == "erased":
        return skip(Reason.ERASED, erased_at=customer.erased_at or customer.stopped_at)
    if customer.merged:
        return skip(Reason.MERGED)
    if customer.stopped == "complaint":
        return skip(Reason.COMPLAINT, stopped_at=customer.stopped_at)
    if customer.stopped is not None:
        return skip(Reason.HARD_BOUNCE, stopped_at=customer.stopped_at, words=customer.stopped_words)
    return case.lines if customer.has_address else skip(Reason.NO_ADDRESS)


def law_allows(case: Case) -> Verdict:
    """Skip where no legal basis lets this class go to this country, and what goes under a class that is not its own."""
    wrong = misfits(case.step)
    if wrong:
        step = case.step
        return skip(Reason.NO_BASIS, message_class=step.message_class, topic=step.topic, template=step.template)
    judged, customer = basis_of(case.facts, case.now), case.facts.customer
    if judged.basis is not None:
        return case.lines
    return skip(
        Reason.NO_BASIS,
        country=customer.country,
        agreed=customer.agreed_to_marketing and customer.unsubscribed_at is None,
        message_class=case.step.message_class,
        needs=judged.row.need,
        source=judged.row.source.name,
        expired_at=judged.expires_at,
    )


def basis_of(facts: Facts, now: datetime) -> Judged:
    """Return what the table of countries says of these facts at an instant."""
    customer = facts.customer
    person = Person(
        country=customer.country,
        agreed=customer.agreed_to_marketing,
        refused=customer.unsubscribed_at is not None,
        bought_at=max((at for at in (customer.bought_at, facts.order.placed_at) if at is not None), default=None),
    )
    return judge(facts.step.message_class, person, now=now, declared=facts.shop.declared)


def person_allows(case: Case) -> Verdict:
    """Skip a topic that is switched off; what is not order news also stops at an unsubscribe and waits for a pause."""
    customer, topic = case.facts.customer, case.step.topic
    if topic in customer.topics_off:
        return skip(Reason.TOPIC_OFF, topic=topic)
    if case.step.is_news:
        return case.lines
    if customer.unsubscribed_at is not None:
        return skip(Reason.UNSUBSCRIBED, unsubscribed_at=customer.unsubscribed_at)
    left = keep(case.lines, lambda line: not line.muted)
    if not left:
        return skip(Reason.PRODUCT_MUTED, lines=len(case.lines))
    if customer.paused_until is not None and customer.paused_until > case.now:
        until = customer.paused_until
        return postpone(until, Reason.PAUSED_BY_PERSON, paused_until=until, paused_by=customer.paused_by)
    return often_enough(case if left is case.lines else replace(case, lines=left))
