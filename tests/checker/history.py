"""What happened to each order, from the log of the truth: the model the oracle asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tests.checker.evidence import Edit, Evidence, Happening, Pause, Press


@dataclass
class Scan:
    """One word of a carrier's; `gone_at` where it was taken back."""

    id: int
    status: str
    at: datetime
    known_at: datetime | None
    gone_at: datetime | None = None


@dataclass
class Parcel:
    """A parcel with the lines in it."""

    id: int
    shipped_at: datetime
    known_at: datetime | None
    lines: frozenset[int]
    scans: list[Scan] = field(default_factory=list)

    def arrivals(self, at: datetime) -> list[datetime]:
        """Return the arrivals the carrier stood by at an instant."""
        return [one.at for one in self.scans if one.status == "delivered" and one.at <= at and not _is_gone(one, at)]

    @property
    def is_calm(self) -> bool:
        """Say whether the carrier said it arrived once, and nothing that denies it."""
        arrived = [one for one in self.scans if one.status == "delivered"]
        odd = [one for one in self.scans if one.status not in {"delivered", "in_transit"} or one.gone_at]
        return len(arrived) == 1 and not odd and self.scans[-1] is arrived[0]


def _is_gone(scan: Scan, at: datetime) -> bool:
    return scan.gone_at is not None and scan.gone_at <= at


@dataclass
class Ending:
    """Something after which a line or an order is no longer spoken of; `known_at` when the app was told, if it was."""

    what: str
    at: datetime
    known_at: datetime | None


NEVER = datetime(9000, 1, 1, tzinfo=UTC)


class Answer(NamedTuple):
    """What a person agreed to: when, and since when it is also this one's, where two turned out to be the same."""

    at: datetime
    state: str
    joined_at: datetime

    @property
    def holds_from(self) -> datetime:
        """Return from when on it may be held against a mail to this person."""
        return max(self.at, self.joined_at)


@dataclass
class Order:
    """One order's story."""

    id: int
    shop: str
    email: str
    person: int
    country: str
    placed_at: datetime
    known_at: datetime | None
    paid_at: datetime | None
    is_test: bool
    lines: Mapping[int, str]
    digital: frozenset[int]
    products: Mapping[int, int]
    consents: list[Answer]
    parcels: dict[int, Parcel] = field(default_factory=dict)
    endings: list[Ending] = field(default_factory=list)  # of the whole order
    line_endings: dict[int, list[Ending]] = field(default_factory=dict)
    returns: dict[int, list[tuple[datetime, str, datetime | None]]] = field(default_factory=dict)
    partners: set[int] = field(default_factory=set)  # orders of another customer who turned out to be the same person
    lines_back: dict[int, frozenset[int]] = field(default_factory=dict)  # a return's lines

    def is_plain(self, line: int) -> bool:
        """Say whether nothing ever spoke against any mail about a line."""
        sent_back = {each for lines in self.lines_back.values() for each in lines}
        return not (self.is_test or self.endings or line in self.line_endings or line in sent_back)


@dataclass
class Gone:
    """An uninstall: when the app was told, when it was installed again, and when the flows were started again."""

    at: datetime
    known_at: datetime | None
    back_at: datetime | None = None
    started_at: datetime | None = None

    def was_heard_by(self, patience: timedelta) -> bool:
        """Say whether the app knew of it in time: told only when the shop is back, it ends nothing any more."""
        return self.known_at is not None and (self.back_at is None or self.known_at + patience < self.back_at)


@dataclass
class Shop:
    """One shop's story: when it was left and come back to, paused, its flows published anew, its messages decided."""

    name: str
    zone: str
    gone: list[Gone] = field(default_factory=list)
    pauses: Sequence[Pause] = ()
    edits: Sequence[Edit] = ()
    presses: Sequence[Press] = ()


@dataclass
class History:
    """Everything that happened."""

    orders: dict[int, Order]
    shops: dict[str, Shop]
    merged: dict[tuple[str, int], tuple[datetime, datetime | None]] = field(default_factory=dict)  # who is kept: when
    heard: set[tuple[str, int]] = field(default_factory=set)  # people an acknowledged webhook named


def tell(evidence: Evidence) -> History:
    """Return the stories in the truth."""
    history = History({}, {domain: _shop(evidence, domain, *facts) for domain, facts in evidence.shops.items()})
    for it in evidence.truth:
        known = _known_at(evidence, it)
        if it["order"] is not None:
            _of_order(history, it, known)
        elif it["kind"] == "merged":
            _merged(history, it, known)
        elif it["kind"] in {"redact", "consent"}:
            if known is not None:
                history.heard.add((it["shop"], it["person"]))
            _of_person(history, it, known)
        elif it["kind"] == "uninstalled":
            history.shops[it["shop"]].gone.append(Gone(it["at"], known))
        elif history.shops[it["shop"]].gone:
            last = history.shops[it["shop"]].gone[-1]
            if it["kind"] == "reinstalled":
                last.back_at = it["at"]
            elif last.started_at is None:
                last.started_at = it["at"]
    return history


def _shop(evidence: Evidence, domain: str, name: str, zone: str) -> Shop:
    pauses = [each for each in evidence.pauses if each.shop == domain]
    edits = [each for each in evidence.edits if each.shop == domain]
    return Shop(name, zone, [], pauses, edits, [each for each in evidence.presses if each.shop == domain])


def _known_at(evidence: Evidence, it: Happening) -> datetime | None:
    answered = [evidence.acks[hook][2] for hook in it.get("hooks", ()) if hook in evidence.acks]
    return min(answered, default=None)


def _of_order(history: History, it: Happening, known: datetime | None) -> None:
    if it["kind"] == "placed":
        if known is not None:
            history.heard.add((it["shop"], it["person"]))
        history.orders[it["order"]] = Order(
            id=it["order"],
            shop=it["shop"],
            email=it["email"],
            person=it["person"],
            country=it["country"],
            placed_at=it["at"],
            known_at=known,
            paid_at=it["at"] if it["paid"] else None,
            is_test=it["test"],
            lines=it["lines"],
            digital=frozenset(it["digital"]),
            products=it["products"],
            consents=[Answer(it["at"], it["consent"], it["at"])],
        )
        return
    CHAPTERS[it["kind"]](history.orders[it["order"]], it, known)


def _paid(order: Order, it: Happening, known: datetime | None) -> None:
    order.paid_at, order.known_at = it["at"], known


def _shipped(order: Order, it: Happening, known: datetime | None) -> None:
    order.parcels[it["parcel"]] = Parcel(it["parcel"], it["at"], known, frozenset(it["lines"]))


def _scanned(order: Order, it: Happening, known: datetime | None) -> None:
    order.parcels[it["parcel"]].scans.append(Scan(it["scan"], it["status"], it["at"], known))


def _taken_back(order: Order, it: Happening, known: datetime | None) -> None:
    for scan in order.parcels[it["parcel"]].scans:
        if scan.id == it["scan"]:
            scan.gone_at = it["at"]


def _ended(order: Order, it: Happening, known: datetime | None) -> None:
    order.endings.append(Ending(it["kind"], it["at"], known))


def _lines_ended(order: Order, it: Happening, known: datetime | None) -> None:
    for line in it["lines"]:
        order.line_endings.setdefault(line, []).append(Ending(it["kind"], it["at"], known))


def _refunded(order: Order, it: Happening, known: datetime | None) -> None:
    (_ended if it["whole"] else _lines_ended)(order, it, known)


def _returned(order: Order, it: Happening, known: datetime | None) -> None:
    order.returns.setdefault(it["case"], []).append((it["at"], it["status"], known))
    order.lines_back[it["case"]] = frozenset(it["lines"])
    if it["status"] == "closed":
        _lines_ended(order, it, known)


CHAPTERS: Mapping[str, Callable[[Order, Happening, datetime | None], None]] = {
    "paid": _paid,
    "shipped": _shipped,
    "scan": _scanned,
    "scan_gone": _taken_back,
    "cancelled": _ended,
    "deleted": _ended,
    "refunded": _refunded,
    "removed": _lines_ended,
    "return": _returned,
}


def _of_person(history: History, it: Happening, known: datetime | None) -> None:
    for order in history.orders.values():
        if (order.shop, order.person) == (it["shop"], it["person"]):
            if it["kind"] == "redact":
                order.endings.append(Ending("redacted", it["at"], known))
            else:
                order.consents.append(Answer(it["at"], it["state"], it["at"]))


def _merged(history: History, it: Happening, known: datetime | None) -> None:
    """Give the orders of a customer who is gone to the one kept, with what either had agreed to."""
    history.merged[it["shop"], it["into"]] = (it["at"], known)
    mine = [one for one in history.orders.values() if (one.shop, one.person) == (it["shop"], it["person"])]
    theirs = [one for one in history.orders.values() if (one.shop, one.person) == (it["shop"], it["into"])]
    if known is None and (it["shop"], it["person"]) not in history.heard:
        # A shop's record has the one who is kept alone: what the other refused, nobody could ever have known.
        for one in mine:
            one.consents = [
                each if each.state == "subscribed" else each._replace(joined_at=NEVER) for each in one.consents
            ]
    for some, others in ((mine, theirs), (theirs, mine)):
        said = [each._replace(joined_at=max(it["at"], each.joined_at)) for one in others for each in one.consents]
        for one in some:
            one.person = it["into"]
            one.partners |= {other.id for other in others}
            one.partners |= {each for other in others for each in other.partners} - {one.id}
            one.consents = sorted({*one.consents, *said}, key=lambda each: each[0])
