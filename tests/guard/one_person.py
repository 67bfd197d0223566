"""One person and many messages that want to reach them: the guard asked again and again, as the drain would."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta

from app.customers.legal_basis import MessageClass
from app.customers.wish_topics import Topic
from app.flows.rules.decision import Bounds, Postpone, Send, Skip, TurnFacts
from app.flows.rules.guard import decide
from app.flows.rules.turn import MONTH, WEEK, priority
from tests.flows.cases import LIMITS, NOON, STEPS, facts

DAY = timedelta(days=1)
CLASSES = (MessageClass.REVIEW_ASK, MessageClass.MARKETING, MessageClass.MIXED)


@dataclass
class Wanted:
    """One message that wants to go: when next, until when, and what became of it."""

    number: int
    step: object
    due_at: object
    expires_at: object
    waited_for: str | None = None
    sent_at: object = None
    ended: str | None = None

    @property
    def rank(self):
        return (-priority(self.step), self.expires_at, self.number)


def wish(number, message_class, due_at, lasts):
    asks = message_class is MessageClass.REVIEW_ASK
    like = STEPS["review_request"]
    step = like if asks else replace(like, topic=Topic.PRODUCT_HELP, template="product_help")
    step = replace(step, message_class=message_class, window=None)
    return Wanted(number, step, due_at, due_at + lasts)


def schedule(rng, count, days=60):
    """Return so many messages over so many days, with classes, due times and ends drawn."""
    return [
        wish(
            number,
            rng.choice(CLASSES),
            NOON + timedelta(minutes=rng.randrange(days * 24 * 60)),
            timedelta(hours=rng.randrange(1, 40 * 24)),
        )
        for number in range(count)
    ]


def run(wanted, bounds, rng):
    """Decide about each whenever it is due, in any order among those due at once; return how many evaluations."""
    evaluated = 0
    while open_still := [each for each in wanted if each.sent_at is None and each.ended is None]:
        now = min(each.due_at for each in open_still)
        one = rng.choice([each for each in open_still if each.due_at == now])
        evaluated += 1
        outcome = decide(known(one, wanted, bounds, now), LIMITS, now)
        if isinstance(outcome, Send):
            one.sent_at = now
        elif isinstance(outcome, Skip):
            one.ended = (outcome.reason.value, one.waited_for)
        else:
            assert isinstance(outcome, Postpone)
            assert outcome.until > now
            one.due_at, one.waited_for = outcome.until, outcome.reason.value
    return evaluated


def known(one, wanted, bounds, now):
    said = tuple(sorted(each.sent_at for each in wanted if each.sent_at is not None and each.sent_at > now - MONTH))
    ahead = sum(
        each.sent_at is None and each.ended is None and each.due_at <= now < each.expires_at and each.rank < one.rank
        for each in wanted
    )
    base = facts(one.step, bounds=bounds, turn=TurnFacts(said=said, ahead=ahead))
    return replace(
        base,
        follow_up=replace(base.follow_up, due_at=one.due_at, expires_at=one.expires_at, waited_for=one.waited_for),
        customer=replace(base.customer, agreed_to_marketing=True),
    )


def most_within(sent, length):
    """Return the most messages any window of this length holds."""
    sent = sorted(sent)
    return max((sum(at - length < other <= at for other in sent) for at in sent), default=0)


def exceeded(wanted, bounds):
    """Return how many windows hold more than the shop allows."""
    sent = [each.sent_at for each in wanted if each.sent_at is not None]
    return (most_within(sent, WEEK) > bounds.per_week) + (most_within(sent, MONTH) > bounds.per_month)


def drawn(seed):
    """Return one schedule and one measure by a seed."""
    rng = random.Random(seed)
    bounds = Bounds(per_week=rng.randrange(1, 5), per_month=rng.randrange(1, 10))
    return schedule(rng, rng.randrange(1, 40)), bounds, rng
