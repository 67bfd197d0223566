"""Hold what merchants pressed about single messages against what came: the page's answer is a promise.

Left out: it never comes after the answer, unless it is planned again. Planned or sent again: it comes, or has a reason
from after the press. Sent again: it may come once more for each press, and no more often.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from tests.checker.evidence import Evidence, Press, Violation
from tests.checker.history import History
from tests.checker.letters import Letter

Spoken = Mapping[tuple[str, int], Sequence[Letter]]
LEFT_OUT, PLANNED = "Left out.", "Planned again"
SAYS_NO = ("There is nothing to decide", "It was not planned again")
CLOCKS = timedelta(minutes=3)  # machines' clocks are off by less
MESSAGES = "select follow_up_id, public_id from message"
ENDS = "select id, state, outcome, reason, done_at from follow_up"
CROSSED = """select a.shop_id, m.follow_up_id, m.id, count(*) from attempt a
    join message m on m.shop_id = a.shop_id and m.id = a.message_id
    where a.state in ('handoff', 'accepted', 'unknown') group by 1, 2, 3 having count(*) > 1"""


def by_hand(evidence: Evidence, history: History, spoken: Spoken) -> Iterator[Violation]:
    """Yield what breaks a promise."""
    if evidence.presses:
        names = {public: row for row, public in evidence.rows(MESSAGES)}
        ends = {row: end for row, *end in evidence.rows(ENDS)}
        letters = {(letter.public, letter.at): letter for each in spoken.values() for letter in each}
        for press in evidence.presses:
            yield from _stays_out(evidence, history, press, names, ends, list(letters.values()), spoken)
            yield from _comes_or_says_why(press, ends)
    copies = copies_allowed(evidence.presses)
    for shop, row, message, count in evidence.rows(CROSSED):
        if count > 1 + copies[row]:
            yield Violation("duplicate", f"message {message} of shop {shop} crossed the line {count} times")


def copies_allowed(presses: Sequence[Press]) -> Counter[int]:
    """Return how often each message (by our id of its plan) may come beside the first time."""
    return Counter(each.row for each in presses if each.button == "send_again" and _may_have_done(each))


def names_of_copies(evidence: Evidence) -> Mapping[str, int]:
    """Return the same by the part of the Message-ID before the @."""
    copies = copies_allowed(evidence.presses)
    return {public: copies[row] for row, public in evidence.rows(MESSAGES)} if copies else {}


def brings_back(press: Press) -> bool:
    """Say whether a press may have planned a message once more."""
    return press.button in {"plan_again", "send_again"} and _may_have_done(press)


def _may_have_done(press: Press) -> bool:
    return press.answered_at is None or not any(words in press.words for words in SAYS_NO)


def _stays_out(
    evidence: Evidence,
    history: History,
    press: Press,
    names: Mapping[str, int],
    ends: Mapping[int, Sequence[object]],
    letters: Sequence[Letter],
    spoken: Spoken,
) -> Iterator[Violation]:
    if press.answered_at is None or LEFT_OUT not in press.words:
        return
    back_at = _brought_back_at(evidence, press)
    what = f"{press.step} of order {press.order} was left out at {press.answered_at}"
    own = [one for one in letters if names.get(one.public) == press.row]
    alike = [one for line in _lines_only_there(history, press) for one in spoken.get((press.step, line), ())]
    for letter in own + alike:
        if letter.at > press.answered_at and (back_at is None or letter.at < back_at):
            yield Violation("left out", f"{what}, and came at {letter.at}")
    if back_at is None and press.row in ends and ends[press.row][:3] != ["done", "skipped", "skipped_by_merchant"]:
        yield Violation("left out", f"{what}, and is {ends[press.row]}")


def _brought_back_at(evidence: Evidence, press: Press) -> datetime | None:
    """Return when the same was next planned again, by whichever row speaks of it."""
    later = [
        each.asked_at
        for each in evidence.presses
        if (each.shop, each.order, each.step) == (press.shop, press.order, press.step)
        if brings_back(each) and each.asked_at >= press.asked_at
    ]
    return min(later, default=None)


def _lines_only_there(history: History, press: Press) -> list[int]:
    """Return the lines nobody but the message that was left out speaks of."""
    order = history.orders[press.order]
    if press.step == "thank_you":
        return [min(order.lines)]
    if press.parcel is None:
        return []
    return [
        line
        for line in order.lines
        if [parcel.id for parcel in order.parcels.values() if line in parcel.lines] == [press.parcel]
    ]


def _comes_or_says_why(press: Press, ends: Mapping[int, Sequence[object]]) -> Iterator[Violation]:
    if not brings_back(press) or PLANNED not in press.words or press.row not in ends:
        return
    state, outcome, reason, done_at = ends[press.row]
    ended = state == "done" and isinstance(done_at, datetime) and done_at >= press.asked_at - CLOCKS
    if not ended or (outcome != "handed_over" and not reason):
        what = f"{press.step} of order {press.order} was planned again at {press.asked_at}"
        yield Violation("planned again", f"{what}, and is {state} {outcome} {reason} since {done_at}")
