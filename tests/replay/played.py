"""Play seeded journeys through the running app, and replay them from what was kept: what left, and what would have."""

import contextlib
import io
import json
import sys
from collections import Counter
from datetime import timedelta

from sqlalchemy import delete, func, select

from app.flows.facts.gather_items import spoken_as
from app.flows.models import Decision, Enrollment, FollowUp, FollowUpState
from app.flows.planning.runs import look, watch
from app.flows.replay.history.load import load, together
from app.flows.replay.walk.walk import Walk
from app.messages.models import Attempt, AttemptState, Message, MessageItem, MessageState
from tests.as_written import rewrite
from tests.convergence.journeys import LAST_ACT_H, Journey
from tests.convergence.player import Player
from tests.convergence.shops import SHOP
from tests.convergence.side_by_side import BEGINNING, side_by_side
from tests.replay.hands import Hands
from tests.servers import run_cluster, run_valkey, temporary_folder

STEP = timedelta(hours=6)
MONTH = timedelta(days=31)


def play(both, count, seed, *, people=None, merchant=(), calendar=False, hands=None):
    """Play them for a month, every webhook once and in order; return the instants anything could leave at.

    `people` is how many order, one each unless said; `merchant` are (hours, what the merchant does with a session);
    with `calendar`, what no event starts is looked for each time; `hands` press buttons about single messages.
    """
    player = Player(both.store, SHOP)
    journeys = [Journey(number, seed) for number in range(count)]
    acts = sorted(
        (hours, journey.number, place, verb, words)
        for journey in journeys
        for place, (hours, verb, words) in enumerate(journey.acts)
        if hours <= LAST_ACT_H
    )
    for journey in journeys:
        journey.person = journey.number % (people or count)
    does = sorted(merchant, key=lambda one: one[0])
    ticks, now = [], BEGINNING
    while now < BEGINNING + MONTH:
        now += STEP
        heard = False
        while acts and BEGINNING + timedelta(hours=acts[0][0]) <= now:
            hours, number, _, verb, words = acts.pop(0)
            both.move_store(BEGINNING + timedelta(hours=hours))
            player.play(journeys[number], verb, words)
            heard = True
        ticks.append(now)
        both.move_store(now)
        while does and BEGINNING + timedelta(hours=does[0][0]) <= now:
            both.move(now)
            with both.work_in_shop(both.shop_id) as session:
                does.pop(0)[1](session)
        if hands is not None:
            both.move(now)
            hands.look()
        if calendar or heard or both.on_the_way() or _is_due(both, now):
            both.move(now)
            if both.deliver():
                both.apply()
                _heard_now(both)
            if calendar:
                watch.watch(both.wired)
            look.run_due(both.wired)
            both.drain()
    return ticks


def forget_decisions(both):
    """Empty the table of decisions: the replay has to do without."""
    with both.work_in_shop(both.shop_id) as session:
        session.execute(delete(Decision))


def left(both):
    """Return what left, or may have, as the rows say it: (step, kind, our id of the thing) → (when at last, how often).

    What somebody had sent again crossed the line twice; it is one message, about all that either names.
    """
    crossed = (
        select(func.count())
        .where(Attempt.shop_id == Message.shop_id, Attempt.message_id == Message.id)
        .where(Attempt.state.in_((AttemptState.ACCEPTED, AttemptState.UNKNOWN)))
        .scalar_subquery()
    )
    items = (
        select(MessageItem.step, MessageItem.item_kind, MessageItem.item_id, Message.sent_at, crossed)
        .join(Message, (Message.shop_id == MessageItem.shop_id) & (Message.id == MessageItem.message_id))
        .where(Message.state.in_((MessageState.ACCEPTED, MessageState.UNKNOWN)))
    )
    return {(step, kind, number): (at, often) for step, kind, number, at, often in both.rows(items)}


def replayed(both, ticks=None):
    """Return the same of a replay from what was kept, with every evaluation of it."""
    with both.work_in_shop(both.shop_id) as session:
        past = load(session)
    sent, told, often = {}, [], Counter()
    for orders in together(past):
        walk = Walk(past, ticks)
        walk.walk(orders, both.now)
        told += walk.told
        for said in walk.said:
            word = spoken_as(said.saying.step, said.saying.run)
            often[id(said.saying.row)] += 1
            at = said.at, often[id(said.saying.row)]
            sent.update({(word, kind, number): at for kind, number in said.items})
    return sent, told


def differences(before, after):
    """Return a sentence for each thing that left and was not replayed, the other way round, or at another time."""
    found = [f"{key} left at {at}, the replay is silent" for key, (at, _) in before.items() if key not in after]
    found += [f"{key} never left, the replay sends it at {at}" for key, (at, _) in after.items() if key not in before]
    both = [(key, before[key], after[key]) for key in before if key in after]
    found += [f"{key} left at {at[0]}, by the replay at {then[0]}" for key, at, then in both if at[0] != then[0]]
    found += [f"{key} was said {at[1]} times, by the replay {then[1]}" for key, at, then in both if at[1] != then[1]]
    return found


def kinds(told):
    """Count the evaluations by what came of them."""
    return Counter(str(getattr(each.verdict, "reason", "sent")) for each in told)


def _heard_now(both):
    """Date by the simulated clock what the database dated by its own."""
    with both.work_in_shop(both.shop_id) as session:
        late = {"since": BEGINNING + MONTH, "now": both.now}
        rewrite(session, "consent_entry", {"received_at": ":now"}, "received_at > :since", **late)


def _is_due(both, now):
    soonest = select(func.min(FollowUp.due_at)).where(FollowUp.state == FollowUpState.SCHEDULED)
    looks = select(func.min(Enrollment.look_at)).where(Enrollment.ended_at.is_(None))
    ((due,),), ((look,),) = both.rows(soonest), both.rows(looks)
    return any(at is not None and at <= now for at in (due, look))


def main(count, seed):
    """Play, forget the decisions, replay, and return what came of it as JSON values."""
    with (
        temporary_folder() as folder,
        run_cluster(folder) as cluster,
        run_valkey(folder) as redis_url,
        side_by_side(cluster, redis_url, folder) as both,
    ):
        both.shop_id = both.install(SHOP)
        hands = Hands(both, seed)
        ticks = play(both, int(count), seed, hands=hands)
        forget_decisions(both)
        before, (after, told) = left(both), replayed(both, ticks)
        return {
            "things": len(before),
            "mails": len(both.sink()),
            "evaluations": len(told),
            "pressed": hands.pressed,
            "reasons": kinds(told),
            "differences": differences(before, after),
        }


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):  # the app's log lines go there
        result = main(*sys.argv[1:])
    print(json.dumps(result))
