"""Rules about the person: address, law, their own choices. Pure; rows 11 to 13 of the table."""

from __future__ import annotations

from app.customers.legal_basis import legal_basis
from app.flows.rules.case import Case, Verdict, postpone, skip
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
    """Skip where no legal basis lets this class go to this country."""
    customer = case.facts.customer
    agreed = customer.agreed_to_marketing and customer.unsubscribed_at is None
    basis = legal_basis(case.step.message_class, customer.country, agreed=agreed)
    if basis is None:
        return skip(Reason.NO_BASIS, country=customer.country, agreed=agreed, message_class=case.step.message_class)
    return case.lines


def person_allows(case: Case) -> Verdict:
    """Skip a topic that is switched off; what is not order news also stops at an unsubscribe and waits for a pause."""
    customer, topic = case.facts.customer, case.step.topic
    if topic in customer.topics_off:
        return skip(Reason.TOPIC_OFF, topic=topic)
    if case.step.is_news:
        return case.lines
    if customer.unsubscribed_at is not None:
        return skip(Reason.UNSUBSCRIBED, unsubscribed_at=customer.unsubscribed_at)
    if customer.paused_until is not None and customer.paused_until > case.now:
        return postpone(customer.paused_until, Reason.PAUSED_BY_PERSON, paused_until=customer.paused_until)
    return case.lines
