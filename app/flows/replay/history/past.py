"""Hold what was read of a shop's past: orders as they were learned of, people's words, flows and settings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from app.customers.ledger import Statement, holds
from app.customers.models import Customer, Preference, Suppression
from app.customers.wishes import Wishes, reduced
from app.experiments.hold_out import Share
from app.flows.facts.calendars import SeasonSetting
from app.flows.facts.gather_left_out import Exclusions
from app.flows.facts.standing.standing import Needs, needs
from app.flows.language.flow import Branch, FlowDocument, WaitUntil, nodes
from app.flows.models import Flow
from app.flows.replay.history.by_hand import ByHand
from app.flows.replay.history.settings_then import Settings
from app.flows.runs.triggers import SCANS
from app.orders.models import Order
from app.reviews.models import Review
from app.shops.settings import Stored

NO_WISHES: Final = Wishes()
Changed = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class OrderPast:
    """Hold one order: its row as it is now, and what was learned of it when, the oldest first."""

    order: Order
    learned: Sequence[tuple[datetime, Changed]]
    reviews: tuple[Review, ...] = ()


@dataclass(slots=True)
class FlowPast:
    """Hold one flow and its versions with the instants they were published at, the oldest first."""

    flow: Flow
    versions: Sequence[tuple[datetime, int, FlowDocument]]
    needs: dict[int, Needs] = field(init=False)
    _documents: dict[int, FlowDocument] = field(init=False)

    def __post_init__(self) -> None:
        """Note what each version asks for on its way."""
        self._documents = {number: document for _, number, document in self.versions}
        self.needs = {number: needs(document) for number, document in self._documents.items()}

    def at(self, now: datetime) -> tuple[int, FlowDocument]:
        """Return the version that was published at an instant, the first where it is from before."""
        place = bisect_right(self.versions, now, key=lambda one: one[0])
        _, number, document = self.versions[max(place, 1) - 1]
        return number, document

    def document(self, number: int) -> FlowDocument:
        """Return one version."""
        return self._documents[number]

    @property
    def asks(self) -> bool:
        """Say whether any version asks conditions, whose answers move with time."""
        return any(
            each.exit.condition
            or each.trigger.condition
            or each.profile
            or any(isinstance(node, Branch) for node in nodes(each.steps))
            for each in self._documents.values()
        )

    def hears(self) -> Iterator[str]:
        """Yield the names of the events its versions start at, wait for or end by."""
        for document in self._documents.values():
            waits = [each.event for each in nodes(document.steps) if isinstance(each, WaitUntil)]
            goal = (document.goal.event,) if document.goal is not None else ()
            for event in (document.trigger.on, *document.exit.on, *goal, *waits):
                if event is not None:
                    yield event.value


@dataclass(slots=True)
class Past:
    """Hold it all. Consent, choices and stops are by our customer id or the address's hash, the oldest first."""

    shop_id: int
    shop_zone: str
    flows: Sequence[FlowPast]
    orders: Sequence[OrderPast]
    settings: Sequence[tuple[datetime, str, Mapping[str, Any]]] = ()
    customers: Mapping[int, Customer] = field(default_factory=dict)
    statements: Mapping[int, Sequence[tuple[datetime, Statement]]] = field(default_factory=dict)
    choices: Mapping[int, Sequence[Preference]] = field(default_factory=dict)
    stops: Mapping[str, Sequence[Suppression]] = field(default_factory=dict)
    by_hand: Mapping[int, Sequence[ByHand]] = field(default_factory=dict)  # order → what was pressed, the oldest first
    denials: Mapping[int, Sequence[datetime]] = field(default_factory=dict)  # line → when it was said not to have come
    shares: Mapping[str, Share] = field(default_factory=dict)
    left_out: Exclusions | None = None
    titles: Mapping[int, str] = field(default_factory=dict)  # of order lines, where conditions ask for them
    collections: Mapping[int, frozenset[str] | None] = field(default_factory=dict)  # by product, as they are today
    supposed: SeasonSetting | None = None  # seasons a draft is asked with, whatever they were
    arms: Mapping[int, Sequence[tuple[datetime, str, str]]] = field(
        default_factory=dict
    )  # customer → (at, experiment, arm)
    with_scans: bool = field(init=False)  # whether a carrier's word on the way can move any flow
    _turns: list[datetime] = field(init=False)
    _settings: dict[int, Settings] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Note what the flows hear of, and when any of them was another."""
        said = {event.value for event in SCANS.values()}
        self.with_scans = any(name in said for flow in self.flows for name in flow.hears())
        self.with_scans |= any(flow.asks for flow in self.flows)
        started = [flow.flow.started_at for flow in self.flows if flow.flow.started_at is not None]
        self._turns = sorted([*started, *(at for flow in self.flows for at, _, _ in flow.versions)])

    def turn(self, now: datetime) -> int:
        """Return a number that differs wherever the flows that run or their versions do."""
        return bisect_right(self._turns, now)

    def settings_then(self, now: datetime) -> Settings:
        """Return the settings as they were."""
        place = bisect_right(self.settings, now, key=lambda one: one[0])
        if place not in self._settings:
            self._settings[place] = Settings.of(self.stored(now), self.shop_zone, self.left_out)
        return self._settings[place]

    def seasons(self, now: datetime) -> tuple[str, ...]:
        """Return which of the shop's seasons it was."""
        setting = self.supposed if self.supposed is not None else self.stored(now).of(SeasonSetting)
        return setting.at(now, ZoneInfo(self.shop_zone or "Etc/UTC")) if setting.named else ()

    def arms_seen(self, customer_id: int | None, now: datetime) -> Mapping[str, str]:
        """Return the arms somebody had been sent down, by experiment."""
        return {experiment: arm for at, experiment, arm in self.arms.get(customer_id or 0, ()) if at <= now}

    def stored(self, now: datetime) -> Stored:
        """Return the settings as they were."""
        known = self.settings[: bisect_right(self.settings, now, key=lambda one: one[0])]
        return Stored({section: values for _, section, values in known})

    def agreed(self, customer_id: int | None, now: datetime) -> str | None:
        """Return what held of somebody's marketing consent, by what we had heard."""
        said = [
            each if each.joined_at is None or each.joined_at <= now else replace(each, joined_at=None)
            for received_at, each in self.statements.get(customer_id or 0, ())
            if received_at <= now
        ]
        found = holds(said) if said else None
        return found.state if found is not None else None

    def wishes(self, customer_id: int | None, now: datetime) -> Wishes:
        """Return what somebody had chosen to hear."""
        if customer_id is None or customer_id not in self.choices:
            return NO_WISHES
        rows = [row for row in self.choices.get(customer_id or 0, ()) if row.happened_at <= now]
        return reduced(rows) if rows else Wishes()
