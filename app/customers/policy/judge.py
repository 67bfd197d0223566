"""Decide whether the law lets us write: one row of the table and what is known of the person. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from app.customers.legal_basis import Basis, MessageClass, known_country
from app.customers.policy.rows import ASK, OTHER_EEA, ROWS, UNKNOWN_COUNTRY
from app.customers.policy.terms import Channel, Declared, Need, Row

BUILT: Final = frozenset({Channel.EMAIL})  # nothing may go where nothing can prove that a person wants it there


@dataclass(frozen=True, slots=True)
class Person:
    """What decides about a person. `agreed` is marketing consent as it stands, `refused` an unsubscribe since.

    `bought_at` is their latest purchase at this shop (aware UTC).
    """

    country: str | None
    agreed: bool = False
    refused: bool = False
    bought_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What lets us write, None where nothing does, and the row that says so.

    `expires_at` is when an implied basis ends or ended (aware UTC).
    """

    basis: Basis | None
    row: Row
    expires_at: datetime | None = None


def row_for(message_class: MessageClass, country: str | None, channel: Channel = Channel.EMAIL) -> Row:
    """Return the rule that holds; where the country is unknown, the strictest there is."""
    return _row(message_class, known_country(country), channel)


@cache
def _row(message_class: MessageClass, code: str | None, channel: Channel) -> Row:
    fitting = [row for row in ROWS if message_class in row.message_classes and row.channel is channel]
    if code is None and message_class in UNKNOWN_COUNTRY.message_classes and channel is UNKNOWN_COUNTRY.channel:
        return UNKNOWN_COUNTRY
    named = [row for row in fitting if code in row.countries]
    return (named or [row for row in fitting if not row.countries])[0]


def judge(
    message_class: MessageClass,
    person: Person,
    *,
    now: datetime,
    declared: Declared | None = None,
    channel: Channel = Channel.EMAIL,
) -> Judged:
    """Return what lets us send this class to this person over this channel at `now`."""
    row = row_for(message_class, person.country, channel)
    expires_at = person.bought_at + row.lasts if row.lasts is not None and person.bought_at is not None else None
    if channel not in BUILT:
        return Judged(None, row)
    if row.need is Need.NOTHING:
        return Judged(Basis.SALE, row)
    if person.agreed and not person.refused:
        return Judged(Basis.CONSENT, row)
    return Judged(_without_consent(row, message_class, person, declared or Declared(), now), row, expires_at)


def _without_consent(
    row: Row, message_class: MessageClass, person: Person, declared: Declared, now: datetime
) -> Basis | None:
    if row.need is Need.CUSTOMER:
        return Basis.CUSTOMER  # an unsubscribe stops it by the person's own choice, a rule of its own
    if person.refused:
        return None
    if row.need is Need.SOFT_OPT_IN:
        by_merchant = message_class in ASK and row.countries == OTHER_EEA and declared.asks_are_service
        if declared.refusal_offered:
            return Basis.SOFT_OPT_IN
        return Basis.CUSTOMER if by_merchant else None
    if row.need is Need.IMPLIED and row.lasts is not None and person.bought_at is not None:
        return Basis.IMPLIED if now < person.bought_at + row.lasts else None
    return None
