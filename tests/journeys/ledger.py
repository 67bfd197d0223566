"""Close the books of a running demo: what was due, what the mail server took, and whether the two agree."""

from collections import Counter
from dataclasses import dataclass

import psycopg

from devstore.mail.log import read_line

OPEN = ("scheduled", "claimed", "held")
OURS = """
    select o.shopify_id, count(f.id) filter (where f.delivered_source in ('carrier_event', 'shopify'))
    from "order" o left join fulfillment f on f.shop_id = o.shop_id and f.order_id = o.id
    where o.shop_id = (select id from shop where domain = 'kiln-and-kettle.myshopify.com') group by 1"""
THEIRS = """
    select o.id, count(f.id) filter (where f.delivered_at is not null and f.status = 'success')
    from "order" o left join fulfillment f on f.order_id = o.id
    where o.shop_id = (select id from shop where handle = 'kiln-and-kettle') group by 1"""


@dataclass(frozen=True)
class Ledger:
    """Counts; `twice` and `lost` name what broke the promise."""

    due: int
    sent: int
    not_sent: Counter
    unknown: int
    twice: tuple
    lost: tuple

    def __str__(self):
        return (
            f"due {self.due} · sent {self.sent} · not sent {self.not_sent.total()} · may have left {self.unknown}"
            f" · twice {len(self.twice)} · lost {len(self.lost)}"
        )


def accepted(machine):
    """Return the messages the mail server accepted, as its own log says, in order."""
    lines = (machine.clone / ".data" / "sink.jsonl").read_bytes().splitlines()
    return [fact for line in lines if (fact := read_line(line)) is not None]


def rows(machine, database, query, *values):
    """Return what a query finds in one of the two databases, past row-level security."""
    folder = (machine.clone / ".data" / "sockets").read_text().strip()
    with psycopg.connect(f"postgresql://postgres@/{database}?host={folder}", autocommit=True) as connection:
        return connection.execute(query, values).fetchall()


def ledger(machine):
    """Return the books as they stand: by the app's rows for what was due, by the sink's log for what was sent."""
    now = machine.api("/api/clock")["now"]
    due = rows(
        machine,
        "welltimed",
        "select f.id, f.state, f.outcome, f.reason, m.public_id, m.state from follow_up f"
        " left join message m on m.shop_id = f.shop_id and m.id = f.message_id"
        " where f.due_at <= %s and f.reason is distinct from 'before_start'",
        now,
    )
    items = rows(
        machine,
        "welltimed",
        "select m.public_id, i.item_kind, i.item_id, i.step from message_item i"
        " join message m on m.shop_id = i.shop_id and m.id = i.message_id",
    )
    tokens = Counter(fact["message_id"].strip("<>").partition("@")[0] for fact in accepted(machine))
    spoken = Counter((kind, item, step) for public, kind, item, step in items for _ in range(tokens[public]))
    unknown = {public for *_, public, state in due if state == "unknown"}
    handed = {public for _, _, outcome, _, public, _ in due if outcome == "handed_over"}
    return Ledger(
        due=len(due),
        sent=tokens.total(),
        not_sent=Counter(reason for _, state, outcome, reason, *_ in due if outcome == "skipped" or state in OPEN),
        unknown=len(unknown),
        twice=tuple(one for one, times in spoken.items() if times > 1),
        lost=(
            *(number for number, state, _, reason, *_ in due if state in OPEN and reason is None),
            *(handed - set(tokens) - unknown),
        ),
    )


def differences(machine):
    """Return how the app's copy of the shop differs from the shop: orders it does not know, arrivals it missed."""
    ours, theirs = dict(rows(machine, "welltimed", OURS)), dict(rows(machine, "devstore", THEIRS))
    return [
        f"order {number}: {ours.get(number, 'unknown')} arrivals here, {theirs.get(number, 'no order')} at the shop"
        for number in sorted(ours.keys() | theirs.keys())
        if ours.get(number) != theirs.get(number)
    ]
