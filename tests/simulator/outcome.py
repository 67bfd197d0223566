"""Hand over what the outside saw of a run, and say in numbers what came of it."""

import hashlib
from collections import Counter
from dataclasses import dataclass

from tests.checker.by_hand import LEFT_OUT, PLANNED
from tests.checker.check import check
from tests.checker.evidence import Edit, Evidence, Mail, Pause, Press

DONE = {"leave_out": "left out", "plan_again": "planned again", "send_again": "sent again", "leave_it": "left as it is"}


@dataclass
class Outcome:
    """What came of one seed."""

    seed: int
    journeys: int
    mails: int
    unknown: int
    said: Counter
    dealt: Counter
    turns: int
    points: frozenset
    journal: str
    stories: Counter
    violations: list


def told(on, playing, seed):
    """Return what came of a seed, judged."""
    seen = evidence(on, playing)
    stories = Counter(it["kind"] for it in seen.truth)
    stories.update(_of_merchants(playing.merchants.errands))
    stories.update(did(each) for each in seen.presses)
    return Outcome(
        seed=seed,
        journeys=len(playing.lives),
        mails=len(seen.mails),
        unknown=seen.rows("select count(*) from message where state = 'unknown'")[0][0],
        said=Counter(step for step, _ in seen.rows("select step, id from message where state = 'accepted'")),
        dealt=Counter(on.fates.dealt),
        turns=on.hub.turns,
        points=frozenset(on.reached),
        journal=journal(seen, on.fates.dealt),
        stories=stories,
        violations=check(seen),
    )


def did(press):
    """Return what a press about a message came to."""
    if LEFT_OUT in press.words or PLANNED in press.words:
        return DONE[press.button]
    return DONE["leave_it"] if press.button == "leave_it" and "Left as it is" in press.words else "pressed in vain"


def _of_merchants(errands):
    names = {"pause": "paused", "resume": "resumed", "publish": "published"}
    for each in errands:
        if each.done_at is not None and each.verb in names:
            yield names[each.verb] + (", runs moved" if each.words.get("move") else "")


def journal(seen, dealt):
    """Return the hash of what the outside saw: the same seed on the same code gives the same one."""
    told = hashlib.sha256()
    pressed = (seen.stops, seen.pauses, seen.presses)
    for each in (seen.truth, seen.mails, sorted(seen.acks.items()), *pressed, sorted(dealt.items())):
        told.update(repr(each).encode())
    return told.hexdigest()[:16]


def evidence(on, playing):
    """Return what the outside saw."""
    post = on.post
    return Evidence(
        truth=playing.world.truth,
        mails=[Mail(*each) for each in post.accepted],
        acks=playing.acks,
        stops=playing.stops,
        pauses=pauses(playing.merchants.errands, on.hub.now),
        edits=edits(playing.merchants.errands),
        presses=[Press(**vars(each)) for each in playing.merchants.hands.presses],
        agreed=[(shop.domain, one.email, one.id, one.consent, one.gone) for shop, one in everybody(playing.world)],
        excused=frozenset(on.excused),
        unsaid=frozenset(post.unsaid),
        refused=frozenset(post.refused),
        rows=rows_of(on.monitor),
        ended_at=on.hub.now,
        shops={shop.domain: (shop.name, shop.zone) for shop in playing.world.shops.values()},
    )


def pauses(errands, ended_at):
    """Return what was paused, as the checker wants to know it."""
    resumed = {id(each.before): each for each in errands if each.verb == "resume"}
    found = []
    for each in errands:
        if each.verb == "pause" and each.done_at is not None:
            end = resumed[id(each)]
            found.append(Pause(each.shop.domain, each.done_at, end.tried_at or ended_at, end.words["choice"]))
    return found


def edits(errands):
    """Return what was published."""
    return [
        Edit(each.shop.domain, each.words["step"], each.words["days"], each.words["move"], each.tried_at, each.done_at)
        for each in errands
        if each.verb == "publish" and each.tried_at is not None
    ]


def everybody(world):
    """Return everybody with their shop."""
    return [(shop, one) for shop in world.shops.values() for one in shop.people.values()]


def rows_of(monitor):
    """Return what asks the database plain questions."""
    return lambda sql: monitor.execute(sql).fetchall()
