"""Hold the outside logs against the app's rows. Imports nothing of the app: plain SQL and two files."""

import json
from collections import Counter
from dataclasses import dataclass, field

import psycopg

OK = 200

ROWS = """select f.id, f.state, f.outcome, f.reason, m.public_id, m.state,
        exists (select from attempt a where a.shop_id = m.shop_id and a.message_id = m.id and a.handoff_at is not null)
    from follow_up f left join message m on m.shop_id = f.shop_id and m.follow_up_id = f.id"""


@dataclass
class Verdict:
    """What came of every planned message and every acknowledged webhook. `faults` hold a sentence each."""

    planned: int = 0
    accepted: int = 0
    unknown: int = 0
    unknown_delivered: int = 0
    skipped: int = 0
    mails: int = 0
    answers_withheld: int = 0
    acknowledged: int = 0
    refused: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)


def verdict(url, sink_log, ack_log=None):
    """Return the verdict on a run that has come to rest."""
    found = Verdict()
    mails = [json.loads(line) for line in sink_log.read_text().splitlines()] if sink_log.exists() else []
    names = Counter(mail["message_id"].partition("@")[0] for mail in mails)
    found.mails, found.answers_withheld = len(mails), sum(not mail["told"] for mail in mails)
    found.faults += [f"{name} was accepted {times} times" for name, times in names.items() if times > 1]
    with psycopg.connect(url) as connection:
        rows = connection.execute(ROWS).fetchall()
        kept = {row[0] for row in connection.execute("select webhook_id from webhook_inbox where state = 'applied'")}
    found.planned = len(rows)
    for number, *row, name in ((row[0], *row[1:4], *row[5:], row[4]) for row in rows):
        fault = _end(found, *row, is_there=name in names)
        if fault:
            found.faults.append(f"follow-up {number} {fault}")
    known = {row[4] for row in rows}
    found.faults += [f"{name} was accepted, and no follow-up knows it" for name in names if name not in known]
    if ack_log is not None:
        _webhooks(found, ack_log, kept)
    return found


def _end(found, state, outcome, reason, message, handed_off, *, is_there):
    """Count how one follow-up ended; return what is wrong, "" for nothing. `is_there`: the sink has its mail."""
    if state != "done":
        return f"is still {state} ({reason}): lost or silent"
    if outcome == "skipped":
        found.skipped += 1
        return f"was skipped as {reason}, and left" if is_there else "" if reason else "was skipped in silence"
    if message == "accepted":
        found.accepted += 1
        return "" if is_there else "counts as accepted, and nobody has it"
    if message == "unknown":
        found.unknown += 1
        found.unknown_delivered += is_there
        return "" if handed_off else "is unknown, and was never handed off"
    return f"ended as {outcome} with its message {message}"


def _webhooks(found, ack_log, kept):
    told = [json.loads(line) for line in ack_log.read_text().splitlines()]
    acknowledged = {one["id"] for one in told if one["status"] == OK}
    found.acknowledged = len(acknowledged)
    found.refused = dict(Counter(str(one["status"]) for one in told if one["status"] != OK))
    found.faults += [f"webhook {one} was acknowledged, and is not applied" for one in acknowledged - kept]
    found.faults += [f"a webhook was answered {code}" for code in found.refused if code not in {"503", "away"}]
