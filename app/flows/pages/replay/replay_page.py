"""Put together what the page of a replay shows: how far it is, and what it came to with examples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.customers.models import Customer
from app.flows.facts.people import full_name, its_buyer
from app.flows.replay.job.answer_json import read_samples
from app.flows.replay.job.begin import DAYS, OPEN
from app.flows.replay.job.models import Replay, ReplayPart, ReplayState
from app.flows.replay.samples import NOT_SENT, SENT, Sample
from app.flows.words.day_words import MONTHS, clock_words, date_words
from app.flows.words.described.step_words import step_name
from app.flows.words.under_way.look_back_words import left_out_words
from app.flows.words.under_way.replay_words import DIFFERS, base_words, going_words, head_words
from app.kit.clock import business_now
from app.kit.rows.among import among
from app.kit.work import entered_shop
from app.orders.models import Order
from app.shops.zone import shop_zone

BY_DAY: Final = 31  # days; a longer span is shown by month


@dataclass(frozen=True, slots=True)
class Example:
    """Show one message: who, about which order (our id of it and its name), which step, when."""

    order_id: int
    order: str
    name: str
    step: str
    when: str


@dataclass(frozen=True, slots=True)
class Counted:
    """Show one figure with examples of it; `share` is of the largest beside it."""

    words: str
    count: int
    share: float = 0.0
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Show a replay."""

    id: int
    title: str
    span: str
    is_open: bool
    share: float
    words: str
    base: str = ""
    days: tuple[Counted, ...] = ()
    sent: tuple[Counted, ...] = ()
    not_sent: tuple[Counted, ...] = ()
    differs: tuple[Counted, ...] = ()


def brief(session: Session, row: Replay, names: Mapping[str, str]) -> Standing:
    """Return how a replay stands in a line, without its answer. `names` are the flows' by key."""
    zone, now = shop_zone(session), business_now(session)
    version = "a draft" if row.version is None else f"version {row.version}"
    version += f" against version {row.against}" if row.against is not None else ""
    span = f"{date_words(row.since, zone, now)} to {date_words(row.until, zone, now)}"
    title = f"{row.document['name'] if row.version is None else names.get(row.flow_key, row.flow_key)}, {version}"
    if row.state in OPEN:
        share, words = _going(session, row)
        return Standing(row.id, title, span, is_open=True, share=share, words=words)
    if row.state is not ReplayState.DONE or row.answer is None:
        words = "Called off." if row.state is ReplayState.CANCELLED else "It could not be finished. Ask again."
        return Standing(row.id, title, span, is_open=False, share=0.0, words=words)
    return Standing(row.id, title, span, is_open=False, share=1.0, words=head_words(row.answer))


def standing(session: Session, row: Replay, names: Mapping[str, str]) -> Standing:
    """Return how a replay stands, with its answer and examples once it is done."""
    made, answer = brief(session, row, names), row.answer
    if row.state is not ReplayState.DONE or answer is None:
        return made
    zone, now = shop_zone(session), business_now(session)
    told = _Told(session, answer, zone, now)
    return replace(
        made,
        base=base_words(answer),
        days=_days(answer["days"], zone, now, row.until - row.since),
        sent=told.of(SENT),
        not_sent=told.of(NOT_SENT, answer["not_sent"]),
        differs=tuple(
            Counted(words, answer["differs"].get(kind, 0), examples=told.examples(kind))
            for kind, words in DIFFERS.items()
        )
        if row.against is not None
        else (),
    )


def spans() -> Sequence[tuple[int, str]]:
    """Return how far back can be asked, in days and words."""
    return list(DAYS.items())


class _Told:
    """The examples of an answer, with the people behind them."""

    def __init__(self, session: Session, answer: Mapping[str, Any], zone: ZoneInfo, now: datetime) -> None:
        self._samples, self._zone, self._now = read_samples(answer), zone, now
        self._people = _people(session, {each.order_id for some in self._samples.values() for each in some})

    def of(self, kind: str, counts: Mapping[str, int] | None = None) -> tuple[Counted, ...]:
        """Return the figures of one kind, the largest first; without counts the examples alone, by step."""
        keys = [key for key in self._samples if key.partition(".")[0] == kind]
        if counts is None:
            return tuple(Counted(step_name(key.partition(".")[2]), 0, examples=self.examples(key)) for key in keys)
        ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        return tuple(
            Counted(left_out_words(reason), count, examples=self.examples(f"{kind}.{reason}"))
            for reason, count in ordered
        )

    def examples(self, key: str) -> tuple[Example, ...]:
        """Return the examples of one figure whose orders are still known."""
        return tuple(
            Example(each.order_id, *self._people[each.order_id], step_name(each.step), self._when(each))
            for each in self._samples.get(key, ())
            if each.order_id in self._people
        )

    def _when(self, each: Sample) -> str:
        at, was = (self._moment(one) if one is not None else "" for one in (each.at, each.was))
        return f"{at}, not {was}" if at and was else at or was

    def _moment(self, at: datetime) -> str:
        return f"{date_words(at, self._zone, self._now)}, {clock_words(at, self._zone)}"


def _people(session: Session, orders: Iterable[int]) -> dict[int, tuple[str, str]]:
    rows = session.execute(
        select(Order, Customer)
        .join(Customer, its_buyer(), isouter=True)
        .where(Order.shop_id == entered_shop(session), among(Order.id, orders))
    )
    return {order.id: (order.name, full_name(customer, order)) for order, customer in rows}


def _going(session: Session, row: Replay) -> tuple[float, str]:
    done = session.scalar(
        select(func.coalesce(func.sum(ReplayPart.orders), 0)).where(
            ReplayPart.shop_id == row.shop_id, ReplayPart.replay_id == row.id, ReplayPart.answer.is_not(None)
        )
    )
    real_now = session.scalar(select(func.now()))
    if row.orders is None or not done or row.began_at is None or real_now is None:
        return 0.0, going_words(int(done or 0), row.orders, None)
    left: timedelta = (real_now - row.began_at) * ((row.orders - done) / done)
    return done / max(row.orders, 1), going_words(int(done), row.orders, left)


def _days(days: Mapping[str, Mapping[str, int]], zone: ZoneInfo, now: datetime, span: timedelta) -> tuple[Counted, ...]:
    found: Counter[str] = Counter()
    for text, classes in days.items():
        day = date.fromisoformat(text)
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
        by_month = span > timedelta(days=BY_DAY)
        found[f"{MONTHS[day.month - 1]} {day.year}" if by_month else date_words(noon, zone, now)] += sum(
            classes.values()
        )
    most = max(found.values(), default=1)
    return tuple(Counted(words, count, count / most) for words, count in found.items())
