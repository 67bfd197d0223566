"""Play many journeys at one shop through unreliable webhooks, and say what came of it.

Two ways of hearing the truth: asked before every sending, as the running app does every quarter of an hour, where
each mail is held against the truth of its moment; or asked once, after everything has happened, where the copy was
wrong for days and has to come right.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from app.flows.models import FollowUp, FollowUpState
from devstore.state.engine import unit_of_work
from devstore.state.models import Faults, TopicLoss, WebhookDelivery
from tests.convergence import truth
from tests.convergence.compare import compare
from tests.convergence.journeys import LAST_ACT_H, Journey
from tests.convergence.judge import Chronicle, Judgement, judge
from tests.convergence.player import Player
from tests.convergence.shops import DOMAIN, SHOP
from tests.convergence.side_by_side import BEGINNING

STEP = timedelta(hours=6)
TOLD_AT = BEGINNING + timedelta(hours=LAST_ACT_H + 12)  # every delayed copy has come by then
END = BEGINNING + timedelta(days=58)
COPIES, SHUFFLED_S = 3, 10 * 3600
LOST = 0.35
RARE = {  # what happens seldom is lost more often, so that every topic is lost many times
    "shop/update": 0.7,
    "products/create": 0.5,
    "products/update": 0.6,
    "products/delete": 0.8,
    "customers/delete": 0.85,
    "orders/cancelled": 0.85,
    "orders/delete": 0.85,
    "orders/edited": 0.5,
    "fulfillment_events/delete": 0.7,
    "refunds/create": 0.5,
    "returns/request": 0.5,
    "returns/approve": 0.6,
    "returns/cancel": 0.9,
    "returns/close": 0.6,
    "returns/decline": 0.8,
    "returns/reopen": 0.9,
}


@dataclass
class Outcome:
    """What came of a run. `differences` and `judged.faults` hold a sentence each."""

    journeys: int
    acts: int
    delivered: int
    lost: Counter
    compared: int
    differences: list
    judged: Judgement
    mails: int

    @property
    def faults(self):
        """Return every sentence against the app."""
        return [*self.differences, *self.judged.faults]


def play(both, count, seed, *, ask_always, meanwhile=None):
    """Play `count` journeys drawn from the seed; the app is installed in the shop.

    `meanwhile` is called with the time at the end of each step.
    """
    _make_unreliable(seed)
    player, chronicle = Player(both.store, SHOP), Chronicle()
    journeys = [Journey(number, seed) for number in range(count)]
    acts = sorted(
        ((hours, journey.number, place, verb, words))
        for journey in journeys
        for place, (hours, verb, words) in enumerate(journey.acts)
    )
    waiting = iter([*acts, (float("inf"), 0, 0, "", {})])
    act = next(waiting)
    now = BEGINNING
    while now < END:
        now += STEP
        touched = set()
        while BEGINNING + timedelta(hours=min(act[0], 1e6)) <= now:
            hours, number, _, verb, words = act
            both.move_store(BEGINNING + timedelta(hours=hours))
            player.play(journeys[number], verb, words)
            touched.add(number)
            act = next(waiting)
        chronicle.chances.append(now)
        _note(chronicle, now, [journeys[number] for number in touched])
        both.move_store(now)
        if touched or both.on_the_way() or now == TOLD_AT or _is_due(both, now):
            both.move(now)
            heard = both.deliver()
            if heard:
                both.apply()
            if (ask_always and (touched or heard)) or now == TOLD_AT:
                both.reconcile(both.shop_id)
            both.drain()
        if meanwhile is not None:
            meanwhile(now)
    assert both.on_the_way() == 0
    compared = compare(both.wired, both.shop_id, DOMAIN, {one.customer for one in journeys if one.is_redacted})
    return Outcome(
        journeys=count,
        acts=len(acts) - player.refused,
        delivered=both.delivered,
        lost=_lost(),
        compared=compared.compared,
        differences=compared.differences,
        judged=judge(both, chronicle, None if ask_always else TOLD_AT),
        mails=len(both.sink()),
    )


def _make_unreliable(seed):
    with unit_of_work() as session:
        faults = session.get_one(Faults, 1)
        faults.lose, faults.copies, faults.shuffle_seconds = LOST, COPIES, SHUFFLED_S
        faults.seed, faults.drawn = sum(map(ord, seed)), 0
        session.add_all(TopicLoss(topic=topic, share=share) for topic, share in RARE.items())


def _note(chronicle, now, journeys):
    """Note how the orders of these journeys stand, before the app hears of it."""
    mine = {journey.order: journey for journey in journeys if journey.order}
    found = truth.read(list(mine))
    for number, journey in mine.items():
        one = found.get(number)
        deleted = one is not None and one.order.customer_id is not None and one.customer is None
        chronicle.note(now, number, one, erased=deleted or journey.is_redacted, deleted=deleted)


def _is_due(both, now):
    states = [FollowUpState.SCHEDULED, FollowUpState.CLAIMED]
    soonest = select(func.min(FollowUp.due_at)).where(FollowUp.state.in_(states))
    ((at,),) = both.rows(soonest)
    return at is not None and at <= now


def _lost():
    with unit_of_work(announce=False) as session:
        query = select(WebhookDelivery.topic, func.count()).where(WebhookDelivery.state == "lost")
        return Counter(dict(tuple(row) for row in session.execute(query.group_by(WebhookDelivery.topic))))
