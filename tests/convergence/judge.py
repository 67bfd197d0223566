"""Judge a run: what the listener's log says was accepted, against what the truth said at the time."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from app.messages.models import Message, MessageItem
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment
from tests.convergence.expected import LINE_STEPS, SEND, SKIP, WAIT, keys, verdicts

LOOKS_AGAIN = timedelta(hours=48)  # after a return closed: a day until the next look, and a night
MUST, MUST_NOT, MAY = "must", "must not", "may"
EITHER = "either"  # the truth could not be known to anybody who asks the shop


@dataclass
class Judgement:
    """Count what was judged; `faults` hold a sentence each."""

    must: int = 0
    must_not: int = 0
    may: int = 0
    sent: int = 0
    faults: list = field(default_factory=list)


class Chronicle:
    """Keep the truth about every order, and when there was a chance to send."""

    def __init__(self):
        self.chances, self._orders = [], defaultdict(list)

    def note(self, now, number, truth, *, erased, deleted):
        """Note an order as it is from now on; None where it is gone. `erased` says that its buyer is.

        Whoever was deleted before anybody could ask leaves an order that reads like a stranger's: it may go either way.
        """
        notes = self._orders[number]
        unheard = deleted and all(note[-1] for note in notes)
        notes.append((now, truth, erased, unheard))

    def timelines(self):
        """Return the verdicts at every chance: key → parcel → [(when, verdict)]."""
        found = {}
        for notes in self._orders.values():
            mine = {key: {} for _, truth, *_ in notes if truth for key in keys(truth)}
            found |= mine
            ends = [since for since, *_ in notes[1:]] + [None]
            for (since, truth, erased, unheard), until in zip(notes, ends, strict=True):
                first = bisect_left(self.chances, since)
                last = bisect_left(self.chances, until) if until else None
                for now in self.chances[first:last]:
                    for key, told in mine.items():
                        said = verdicts(key, truth, erased, now) if truth else dict.fromkeys(told, SKIP)
                        if truth and unheard:
                            other = verdicts(key, truth, not erased, now)
                            said = {one: said[one] if said[one] == other[one] else EITHER for one in said}
                        for parcel, verdict in said.items():
                            told.setdefault(parcel, []).append((now, verdict))
        return found


def judge(both, chronicle, told_at=None):
    """Return the judgement. `told_at` is when the app was told everything; None: before each sending."""
    result = Judgement()
    spoken, timelines = _spoken(both, result), chronicle.timelines()
    for key, times in spoken.items():
        result.sent += len(times)
        if len(times) > 1:
            result.faults.append(f"{key} was said {len(times)} times: {times}")
        if key not in timelines:
            result.faults.append(f"{key} is nothing of the shop's")
    for key, told in timelines.items():
        times = spoken.get(key, [])
        demands = {_demand(key, timeline, told_at) for timeline in told.values()}
        demand = MUST if MUST in demands else MUST_NOT if demands <= {MUST_NOT} else MAY
        result.must += demand == MUST
        result.must_not += demand == MUST_NOT
        result.may += demand == MAY
        said = {at: verdict for timeline in told.values() for at, verdict in timeline if verdict != WAIT}
        story = ", ".join(f"{at:%d.%m. %H:%M} {verdict}" for at, verdict in sorted(said.items())[:3])
        if demand == MUST and not times:
            result.faults.append(f"{key} was not said: {story}")
        if demand == MUST_NOT and times:
            result.faults.append(f"{key} was said on {times[0]:%d.%m. %H:%M}: {story}")
        elif (
            times
            and told_at is None
            and not any((times[0], verdict) in timeline for timeline in told.values() for verdict in (SEND, EITHER))
        ):
            result.faults.append(f"{key} was said on {times[0]:%d.%m. %H:%M}, when it was not to be: {story}")
    return result


def _demand(key, timeline, told_at):
    """Return what the first verdicts that end a wait demand; MAY where they change before the app has to look.

    Before it was told everything, the app decides by what it knows: what was due then may have gone either way. So
    may a review request later on, where it was refused for a consent nobody had told of yet.
    """
    ended = [(at, verdict) for at, verdict in timeline if verdict != WAIT]
    if not ended:
        return MUST_NOT if told_at is None else MAY
    first = ended[0][0]
    if told_at is not None and (first < told_at or key[2] != "product_help"):
        return MAY
    until = first + (LOOKS_AGAIN if key[2] in LINE_STEPS else timedelta())
    near = {verdict for at, verdict in ended if at <= until}
    if near == {SEND}:
        return MUST
    return MUST_NOT if near == {SKIP} and told_at is None else MAY


def _spoken(both, result):
    """Return when each key was said, by the listener's log: key → [when]."""
    messages = {public: number for number, public in both.rows(select(Message.id, Message.public_id))}
    items = defaultdict(list)
    columns = (MessageItem.message_id, MessageItem.item_kind, MessageItem.item_id, MessageItem.step)
    for number, kind, item, step in both.rows(select(*columns)):
        items[number].append((kind, item, step))
    theirs = {
        (kind, number): shopify_id
        for kind, table in (("order", Order), ("fulfillment", Fulfillment), ("order_line", OrderLine))
        for number, shopify_id in both.rows(select(table.id, table.shopify_id))
    }
    spoken = defaultdict(list)
    for line, when in zip(both.sink(), both.accepted_at, strict=True):
        public = line["message_id"].strip("<>").partition("@")[0]
        about = items.get(messages.get(public))
        if not about:
            result.faults.append(f"the listener accepted {public}, of which the app knows nothing")
        for kind, item, step in about or ():
            spoken[kind, theirs[kind, item], step].append(when)
    return spoken
