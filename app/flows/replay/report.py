"""Say what a replay came to: per day and class, what was not sent and why, and what two versions do differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from app.flows.facts.gather_items import spoken_as
from app.flows.replay.walk.walk import Walk
from app.flows.rules.decision import Postpone, Send, Skip
from app.flows.rules.reasons import Reason
from app.flows.runs.by_calendar import WATCHED

SAME_TIME: Final = timedelta(minutes=15)  # a mail leaves when its turn comes, and that is not always the very second
CAPS: Final = frozenset({Reason.CAP_REACHED, Reason.AFTER_OTHERS, Reason.OFTEN_ENOUGH, Reason.NEWS_ENOUGH})
COLLISIONS: Final = frozenset({Reason.TOGETHER, Reason.ALREADY_SENT, Reason.SAME_CONTENT})

Thing = tuple[str, str, int, str, int]  # flow, kind of subject, our id of it, step, which year of an anniversary


@dataclass(frozen=True, slots=True)
class Outcome:
    """Say what became of one message: sent at `at`, left out for `reason`, or waiting for it at the end.

    `waited` are the reasons it was put off for on the way. `items` are what it spoke about: (kind, our id). `dated`
    says that the calendar started its run, which is looked at once an hour.
    """

    thing: Thing
    order_id: int
    person: int  # our customer id, minus the order's where nobody is known
    message_class: str
    at: datetime
    sent: bool
    over: bool
    reason: str | None = None
    spoken_as: str = ""
    items: tuple[tuple[str, int], ...] = ()
    waited: tuple[str, ...] = ()
    dated: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """Count what would have happened in a time. `days` holds messages by day (UTC) and class."""

    since: datetime
    until: datetime
    messages: int
    people: int
    days: Mapping[date, Mapping[str, int]]
    not_sent: Mapping[str, int]  # by reason, each message once
    waiting: int
    capped: int  # evaluations that found no room
    collided: int  # evaluations that found the same said, or another speaking for it

    def __add__(self, other: Report) -> Report:
        """Return the counts of both, of people they do not share. The span is the other's: an empty one has none."""
        days = {
            day: dict(Counter(self.days.get(day, {})) + Counter(other.days.get(day, {})))
            for day in sorted({*self.days, *other.days})
        }
        return Report(
            since=other.since,
            until=other.until,
            messages=self.messages + other.messages,
            people=self.people + other.people,
            days=days,
            not_sent=dict((Counter(self.not_sent) + Counter(other.not_sent)).most_common()),
            waiting=self.waiting + other.waiting,
            capped=self.capped + other.capped,
            collided=self.collided + other.collided,
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """Hold what the second of two replays does differently; each thing once; of a page, the earliest first."""

    added: tuple[Thing, ...]
    dropped: tuple[Thing, ...]
    earlier: tuple[Thing, ...]
    later: tuple[Thing, ...]

    def __add__(self, other: Difference) -> Difference:
        """Return the differences of both."""
        return Difference(
            self.added + other.added,
            self.dropped + other.dropped,
            self.earlier + other.earlier,
            self.later + other.later,
        )


NEVER: Final = datetime.min.replace(tzinfo=UTC)
NOTHING: Final = Report(NEVER, NEVER, 0, 0, {}, {}, 0, 0, 0)
SAME: Final = Difference((), (), (), ())


def outcomes(walk: Walk) -> list[Outcome]:
    """Return what became of every message a walk decided about."""
    found: dict[int, Outcome] = {}
    said = {id(each.saying.row): each for each in walk.said}
    for told in walk.told:
        saying, verdict = told.saying, told.verdict
        before = found.get(id(saying.row))
        waits = (str(verdict.reason),) if isinstance(verdict, Postpone) else ()
        if before is not None and before.sent and not isinstance(verdict, Send):
            continue  # somebody wanted it sent again, and the rules did not: what left has left
        spoken = said.get(id(saying.row)) if isinstance(verdict, Send) else None
        found[id(saying.row)] = Outcome(
            thing=(
                saying.flow.flow.key,
                saying.run.subject_kind,
                saying.run.subject_id,
                saying.row.step,
                saying.run.occurrence,
            ),
            order_id=saying.row.order_id,
            person=saying.then.order.customer_id or -saying.row.order_id,
            message_class=saying.step.message_class.value,
            at=told.at,
            sent=isinstance(verdict, Send),
            over=isinstance(verdict, Send | Skip),
            reason=None if isinstance(verdict, Send) else str(verdict.reason),
            spoken_as=spoken_as(saying.step, saying.run),
            items=tuple(spoken.items) if spoken is not None else (),
            waited=(*(before.waited if before else ()), *waits),
            dated=saying.document.trigger.on in WATCHED,
        )
    return list(found.values())


def report(found: Iterable[Outcome], since: datetime, until: datetime) -> Report:
    """Return the counts of what happened from `since` until `until`."""
    inside = [each for each in found if since <= each.at <= until]
    sent = [each for each in inside if each.sent]
    days: dict[date, Counter[str]] = {}
    for each in sent:
        days.setdefault(each.at.date(), Counter())[each.message_class] += 1
    waited = [reason for each in inside for reason in each.waited]
    return Report(
        since=since,
        until=until,
        messages=len(sent),
        people=len({each.person for each in sent}),
        days=dict(sorted(days.items())),
        not_sent=dict(Counter(each.reason or "" for each in inside if each.over and not each.sent).most_common()),
        waiting=sum(not each.over for each in inside),
        capped=sum(reason in CAPS for reason in waited),
        collided=sum(reason in COLLISIONS for reason in [*waited, *(each.reason or "" for each in inside)]),
    )


def difference(before: Sequence[Outcome], after: Sequence[Outcome]) -> Difference:
    """Return what the second replay sends that the first does not, the other way round, and what moves."""
    old = {each.thing: each.at for each in before if each.sent}
    new = {each.thing: each.at for each in after if each.sent}
    both = [thing for thing in new if thing in old]
    return Difference(
        added=tuple(sorted((thing for thing in new if thing not in old), key=lambda one: (new[one], one))),
        dropped=tuple(sorted((thing for thing in old if thing not in new), key=lambda one: (old[one], one))),
        earlier=tuple(sorted((each for each in both if new[each] < old[each]), key=lambda one: (new[one], one))),
        later=tuple(sorted((each for each in both if new[each] > old[each]), key=lambda one: (new[one], one))),
    )
