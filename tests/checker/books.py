"""Laws of conservation, in plain SQL: what was planned ends, what ended says why, nothing is said twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.checker.evidence import Evidence, Violation

# Each finds rows that must not be: (law, what they are, SQL of (shop, id, detail)).
NEVER = (
    (
        "silent",
        "a follow-up never ended",
        "select shop_id, id, state || ' ' || coalesce(reason, '') from follow_up where state <> 'done'",
    ),
    (
        "silent",
        "a follow-up ended without a word",
        """select shop_id, id, coalesce(outcome, '') from follow_up where state = 'done'
        and (outcome is null or (outcome = 'skipped' and coalesce(reason, '') = ''))""",
    ),
    (
        "silent",
        "a follow-up was handed over and no message knows of it",
        """select f.shop_id, f.id, coalesce(m.state, 'no message') from follow_up f
        left join message m on m.shop_id = f.shop_id and m.id = f.message_id
        where f.outcome = 'handed_over' and coalesce(m.state, '') not in ('accepted', 'rejected', 'unknown')""",
    ),
    (
        "silent",
        "a message never came to an end",
        """select m.shop_id, m.id, m.state from message m where m.state = 'sending'""",
    ),
    (
        "duplicate",
        "a step spoke twice of one thing",
        """select i.shop_id, i.item_id, i.item_kind || ' ' || i.step from message_item i
        join message m on m.shop_id = i.shop_id and m.id = i.message_id and m.state in ('accepted', 'unknown')
        group by 1, 2, 3 having count(*) > 1""",
    ),
    (
        "silent",
        "a webhook was never applied",
        "select 0, id, topic || ' ' || coalesce(reason, '') from webhook_inbox where state = 'received'",
    ),
    (
        "after stop",
        "something optional was handed off after an unsubscribe had been kept",
        """select m.shop_id, m.id, m.step from attempt a
        join message m on m.shop_id = a.shop_id and m.id = a.message_id and m.step in ('product_help', 'review_request')
        join suppression s on s.shop_id = m.shop_id and s.scope = 'optional'
            and s.address_hash = encode(sha256(convert_to(m.recipient, 'UTF8')), 'hex')
        where a.handoff_at > s.happened_at""",
    ),
    (
        "after stop",
        "something was handed off to a dead address",
        """select m.shop_id, m.id, m.step from attempt a
        join message m on m.shop_id = a.shop_id and m.id = a.message_id
        join suppression s on s.shop_id = m.shop_id and s.scope = 'address'
            and s.address_hash = encode(sha256(convert_to(m.recipient, 'UTF8')), 'hex')
        where a.handoff_at > s.happened_at""",
    ),
    (
        "fencing",
        "a message was handed off under a claim that was not the last",
        """select m.shop_id, m.id, 'fence ' || a.fence || ' of ' || f.fence from attempt a
        join message m on m.shop_id = a.shop_id and m.id = a.message_id
        join follow_up f on f.shop_id = m.shop_id and f.id = m.follow_up_id
        where a.state in ('accepted', 'unknown') and a.fence <> f.fence
        and not (f.again_at is not null and a.handoff_at < f.again_at)""",  # sent again is claimed again
    ),
)
ROOT = Path(__file__).parents[2]


def books(evidence: Evidence) -> Iterator[Violation]:
    """Yield what the tables break, alone and against the receiver's log."""
    for law, words, sql in NEVER:
        for shop, row, detail in evidence.rows(sql):
            yield Violation(law, f"{words}: shop {shop}, row {row}, {detail}")
    yield from _against_the_log(evidence)
    yield from _reasons(evidence)
    yield from _kept(evidence)


def _against_the_log(evidence: Evidence) -> Iterator[Violation]:
    accepted = Counter(mail.message_id.partition("@")[0].strip("<") for mail in evidence.mails)
    unsaid = {each.partition("@")[0].strip("<") for each in evidence.unsaid}
    known = dict(evidence.rows("select public_id, state from message"))
    for public, state in known.items():
        if state == "accepted" and not accepted[public]:
            yield Violation("lost", f"{public} counts as accepted, and no receiver has it")
        if state in {"rejected", "planned"} and accepted[public]:
            yield Violation("lost", f"{public} counts as {state}, and a receiver has it")
        if state == "unknown" and public not in evidence.excused | unsaid:
            yield Violation("unknown", f"{public} is unknown though nothing went wrong at its hand-off")
    for public in accepted.keys() - known.keys():
        yield Violation("silent", f"a receiver has {public}, and no table knows of it")


def _reasons(evidence: Evidence) -> Iterator[Violation]:
    """Hold every reason given against the list the app publishes in its own words."""
    known = set(re.findall(r'^    [A-Z_]+ = "([a-z_]+)"', reasons_listed(), re.MULTILINE))
    for (reason,) in evidence.rows("select distinct reason from follow_up where reason is not null"):
        if reason not in known:
            yield Violation("reason", f"{reason!r} is not on the list of reasons")


def reasons_listed() -> str:
    """Return the text of the file that lists the reasons."""
    found = [path.read_text() for path in (ROOT / "app" / "flows").rglob("reasons.py")]
    return "\n".join(found)


def _kept(evidence: Evidence) -> Iterator[Violation]:
    """Find acknowledged webhooks nobody kept. Those of an erased shop are gone with it."""
    there = {hook for (hook,) in evidence.rows("select webhook_id from webhook_inbox")}
    for hook, (shop, topic, at) in evidence.acks.items():
        if hook not in there:
            yield Violation("acknowledged", f"{topic} {hook} of {shop} was answered 200 at {at} and is not kept")
