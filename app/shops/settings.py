"""Settings of a shop: typed sections with defaults; saving makes a new version, so that a decision can be explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar, Final, TypeVar

from sqlalchemy import Text, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from app.kit.clock import business_now
from app.kit.rows.once import forget, once
from app.kit.rows.question import SHOP, Question, ask
from app.kit.work import entered_shop
from app.shops.models import ShopSetting


@dataclass(frozen=True, slots=True)
class Section:
    """Be one section. Subclasses add fields with defaults; values are JSON scalars."""

    SECTION: ClassVar[str]


Kind = TypeVar("Kind", bound=Section)


NEWEST: Final = Question(
    select(ShopSetting.section, ShopSetting.values)
    .where(ShopSetting.shop_id == SHOP, ShopSetting.section == bindparam("section", type_=Text))
    .order_by(ShopSetting.version.desc())
    .limit(1)
)


def load(session: Session, kind: type[Kind]) -> Kind:
    """Return the shop's newest version of a section, or its defaults. Unknown stored keys are ignored."""
    (rows,) = ask(session, (NEWEST, {"section": kind.SECTION}))
    return stored(rows).of(kind)


def load_once(session: Session, kind: type[Kind]) -> Kind:
    """Return a section as it stood when the session first asked: for what is derived of many things in one go."""
    return once(session, ("section", kind.SECTION), lambda: load(session, kind))


@dataclass(frozen=True, slots=True)
class Stored:
    """Hold the newest version of every section of a shop, by name."""

    values: Mapping[str, Mapping[str, Any]]

    def of(self, kind: type[Kind]) -> Kind:
        """Return one section, or its defaults. Unknown stored keys are ignored."""
        known = {field.name for field in fields(kind)}
        return kind(**{name: value for name, value in self.values.get(kind.SECTION, {}).items() if name in known})


SECTIONS: Final = Question(
    select(ShopSetting.section, ShopSetting.values)
    .where(ShopSetting.shop_id == SHOP)
    .ext(distinct_on(ShopSetting.section))
    .order_by(ShopSetting.section, ShopSetting.version.desc())
)


def load_all(session: Session) -> Stored:
    """Return all the shop's sections in one question."""
    (rows,) = ask(session, (SECTIONS, {}))
    return stored(rows)


def stored(rows: Iterable[ShopSetting]) -> Stored:
    """Return the same from what was read."""
    return Stored({row.section: row.values for row in rows})


def save(session: Session, section: Section, *, by: str) -> None:
    """Keep a new version of a section; saving what already holds makes none."""
    forget(session, ("section", section.SECTION))
    if load(session, type(section)) == section:
        return
    shop = entered_shop(session)
    newest = session.scalar(
        select(ShopSetting.version)
        .where(ShopSetting.shop_id == shop, ShopSetting.section == section.SECTION)
        .order_by(ShopSetting.version.desc())
        .limit(1),
    )
    session.add(
        ShopSetting(
            shop_id=shop,
            section=section.SECTION,
            version=(newest or 0) + 1,
            values=asdict(section),
            saved_at=business_now(session),
            saved_by=by,
        ),
    )
    session.flush()


@dataclass(frozen=True, slots=True)
class Pause(Section):
    """Say that all sending waits, since when and by whom.

    `paused_by` is a staff number as the admin gives it ("user:7"), or "mail_server": then `words` are what it said, and
    `follow_up_id` names the message it said it about.
    """

    SECTION: ClassVar[str] = "pause"

    paused_at: str | None = None  # ISO instant
    paused_by: str | None = None
    words: str | None = None  # addresses taken out
    follow_up_id: int | None = None

    @property
    def since(self) -> datetime | None:
        """Return when (UTC) sending was paused; None while it is not."""
        return datetime.fromisoformat(self.paused_at) if self.paused_at else None


@dataclass(frozen=True, slots=True)
class Circuit(Section):
    """Say until when (ISO instant) a plan beyond the usual is known to be right."""

    SECTION: ClassVar[str] = "circuit"

    open_until: str | None = None
