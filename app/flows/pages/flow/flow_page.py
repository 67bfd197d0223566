"""What the pages about whole flows show: what one does in words, its versions, what another version would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.experiments import hold_out
from app.flows.language.flow import FlowDocument
from app.flows.language.forms import WrongFlow, flow_document
from app.flows.models import Enrollment, Flow, FlowState, FlowVersion
from app.flows.pages.shifts_shown import ShiftShown, shift_shown
from app.flows.planning.publishing.bundle import LARGEST, read_json
from app.flows.planning.publishing.save_flow import Saved
from app.flows.planning.publishing.shifts import Kind
from app.flows.words.count_words import counted
from app.flows.words.day_words import clock_words, date_words
from app.flows.words.described.flow_words import Line, flow_lines
from app.flows.words.people.who_words import who_words
from app.kit.work import entered_shop

MOST_SHOWN: Final = 40
__all__ = ["LARGEST"]


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One published version. `runs` are those pinned to it that are still under way or were."""

    number: int
    when: str
    by: str
    runs: str
    current: bool


@dataclass(frozen=True, slots=True)
class Wrong:
    """One field that is wrong, and why."""

    path: str
    words: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What publishing would do, in words: `lines` of the new document, `shifts` of running enrollments."""

    heading: str
    lines: Sequence[Line]
    summary: str
    shifts: Sequence[ShiftShown]
    more: int
    moves: bool


@dataclass(frozen=True, slots=True)
class KeptOut:
    """Whom holdouts keep out of a flow: its own share in a hundred, the whole shop's, and so far, in words."""

    percent: int
    of_shop: int
    so_far: str


def kept_out(session: Session, key: str) -> KeptOut:
    """Return it for a flow of the entered shop."""
    known, own = hold_out.shares(session), hold_out.of_flow(key)
    percent, of_shop = (known[each].percent if each in known else 0 for each in (own, hold_out.SHOP))
    count = hold_out.count_kept_out(session, own)
    so_far = f"{counted(count, 'person', 'people')} so far." if count else "Nobody so far."
    return KeptOut(percent, of_shop, so_far)


def state_words(flow: Flow) -> tuple[str, str]:
    """Return the badge of a flow: tone and word."""
    if flow.state is FlowState.RUNNING and flow.started_at is not None:
        return "success", "On"
    return ("warning", "Off, holding") if flow.started_at is not None else ("auto", "Off")


def versions(session: Session, flow: Flow, zone: ZoneInfo, now: datetime) -> list[VersionShown]:
    """Return a flow's versions, the newest first."""
    shop_id = entered_shop(session)
    pinned = Counter(
        session.scalars(select(Enrollment.version).where(Enrollment.shop_id == shop_id, Enrollment.flow_id == flow.id))
    )
    rows = session.execute(
        select(FlowVersion.number, FlowVersion.published_at, FlowVersion.published_by)
        .where(FlowVersion.shop_id == shop_id, FlowVersion.flow_id == flow.id)
        .order_by(FlowVersion.number.desc())
    )
    return [
        VersionShown(
            number=row.number,
            when=f"{date_words(row.published_at, zone, now)} {clock_words(row.published_at, zone)}",
            by=who_words(row.published_by),
            runs=counted(pinned[row.number], "run") if pinned[row.number] else "no run",
            current=row.number == flow.version,
        )
        for row in rows
    ]


def typed_document(text: str) -> FlowDocument:
    """Return the flow a merchant pasted. Raises WrongFlow."""
    if not text.strip():
        raise WrongFlow({"document": "Paste a flow's JSON, or choose a file."})
    return flow_document(read_json(text))


def wrong_fields(wrong: WrongFlow) -> list[Wrong]:
    """Return what is wrong, field by field."""
    return [Wrong(path, words) for path, words in wrong.errors.items()]


def checked(saved: Saved, now: datetime) -> Checked:
    """Return what saving would do, in words."""
    kinds = Counter(each.kind for each in saved.shifts)
    told = [
        counted(kinds[Kind.MOVED], "planned message moves", "planned messages move") if kinds[Kind.MOVED] else "",
        counted(kinds[Kind.ADDED], "message is added", "messages are added") if kinds[Kind.ADDED] else "",
        counted(kinds[Kind.DROPPED], "message is left out", "messages are left out") if kinds[Kind.DROPPED] else "",
        counted(kinds[Kind.LATER], "message waits for its turn", "messages wait for their turn")
        if kinds[Kind.LATER]
        else "",
    ]
    said = [each for each in told if each]
    name = saved.document.name
    if saved.is_new:
        heading = f"“{name}” is new. It comes switched off."
    elif saved.changes:
        heading = f"“{name}” gets a new version."
    else:
        heading = f"“{name}” stands like that already. Publishing changes nothing."
    return Checked(
        heading=heading,
        lines=flow_lines(saved.document),
        summary=f"{', '.join(said)}." if said else "No planned message of a running enrollment changes.",
        shifts=[shift_shown(each, now) for each in saved.shifts[:MOST_SHOWN]],
        more=max(0, len(saved.shifts) - MOST_SHOWN),
        moves=bool(saved.shifts),
    )
