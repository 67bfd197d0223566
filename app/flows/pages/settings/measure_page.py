"""Read what the cards about law, measure, exceptions and holdouts show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.collections import known_handles
from app.customers.declare import Law
from app.experiments import hold_out
from app.flows.facts import published
from app.flows.words.day_words import date_words
from app.flows.words.people.who_words import who_words
from app.kit.work import entered_shop
from app.shops.left_out import LeftOut
from app.shops.measures import Measures
from app.shops.models import ShopSetting
from app.shops.settings import load_all

MOST_NAMED: Final = 20  # collections


@dataclass(frozen=True, slots=True)
class Share:
    """One holdout in words: the field's name, what it is called, and how many in a hundred are kept out."""

    field: str
    label: str
    percent: int


@dataclass(frozen=True, slots=True)
class MeasurePage:
    """Everything the cards show. `declared` says who declared and when; "" while nobody did."""

    law: Law
    declared: str
    measures: Measures
    left_out: LeftOut
    shares: tuple[Share, ...]
    collections: tuple[str, ...]  # handles of some of the shop's, to choose by


def measure_page(session: Session, zone: ZoneInfo, now: datetime) -> MeasurePage:
    """Return it for the entered shop."""
    stored = load_all(session)
    return MeasurePage(
        stored.of(Law),
        _declared(session, zone, now),
        stored.of(Measures),
        stored.of(LeftOut),
        tuple(_shares(session)),
        tuple(known_handles(session, MOST_NAMED)),
    )


def share_keys(session: Session) -> dict[str, str]:
    """Return the holdouts a shop may set, by the name of their field."""
    keys = {"holdout_shop": hold_out.SHOP}
    return keys | {f"holdout_{key}": hold_out.of_flow(key) for key in published.flows(session)}


def _shares(session: Session) -> list[Share]:
    known = hold_out.shares(session)
    names = {hold_out.of_flow(key): document.name for key, (_, document) in published.current(session).items()}
    return [
        Share(
            field,
            f"Out of “{names[key]}”" if key in names else "Out of everything that is not part of the sale",
            known[key].percent if key in known else 0,
        )
        for field, key in share_keys(session).items()
    ]


def _declared(session: Session, zone: ZoneInfo, now: datetime) -> str:
    row = session.scalars(
        select(ShopSetting)
        .where(ShopSetting.shop_id == entered_shop(session), ShopSetting.section == Law.SECTION)
        .order_by(ShopSetting.version.desc())
        .limit(1)
    ).one_or_none()
    return f"Declared by {who_words(row.saved_by)} on {date_words(row.saved_at, zone, now)}." if row else ""
