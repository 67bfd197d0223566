"""Throw spoiled bodies, correctly signed, at the app's door and see how each ends."""

import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select, text, update

from app.kit.db import Base
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.shopify.models import InboxState, WebhookInbox
from app.shops.install import ensure_installed
from tests.convergence.shops import DOMAIN, OTHER_DOMAIN
from tests.fuzz.mutate import spoil
from tests.fuzz.senders import WHOLE_SHOP, collect, headers

DOOMED_DOMAIN = "doomed-shop.myshopify.com"
BATCH = 300
ODD_HEADERS = [
    {"X-Shopify-Triggered-At": "not a date"},
    {"X-Shopify-Triggered-At": "9999-12-31T23:59:59-23:00"},
    {"X-Shopify-Webhook-Id": ""},
    {"X-Shopify-Webhook-Id": "x" * 3_000},
    {"X-Shopify-Event-Id": "\xff\x7f"},
    {"X-Shopify-Topic": "orders/unheard_of"},
    {"Content-Type": "text/plain; charset=utf-16"},
]


@dataclass
class Ended:
    """Count how deliveries were answered and how they ended; `faults` hold a sentence each."""

    answers: Counter = field(default_factory=Counter)
    states: Counter = field(default_factory=Counter)
    faults: list = field(default_factory=list)


def install_doomed(both):
    """Install a shop whose end matters to nobody."""
    with unit_of_work(both.wired) as session:
        ensure_installed(session, DOOMED_DOMAIN)


def throw(both, count, seed):
    """Send `count` spoiled bodies, correctly signed; return how they were answered and how they ended."""
    dice, ended = random.Random(seed), Ended()
    genuine = collect(both)
    neighbour = _neighbour(both)
    before = _first_new(both)
    sent = 0
    while sent < count:
        size = min(BATCH, count - sent)
        for _ in range(size):
            _send_one(both, dice, genuine, ended)
        alive = _genuine_of_neighbour(both, genuine)
        both.apply()
        if alive not in _applied(both):
            ended.faults.append(f"the other shop's webhook after {sent + size} was not applied")
        sent += size
    _settle(both, before, ended)
    if _neighbour(both) != neighbour:
        ended.faults.append("another shop's rows changed")
    return ended


def _send_one(both, dice, genuine, ended):
    one = dice.choice(genuine)
    body = spoil(one.body, dice)
    topic = dice.choice(genuine).topic if dice.random() < 0.05 else one.topic
    domain = DOOMED_DOMAIN if topic in WHOLE_SHOP else DOMAIN
    odd = dice.choice(ODD_HEADERS) if dice.random() < 0.05 else {}
    answer = both.app.post("/webhooks", data=body, headers=headers(topic, domain, body, **odd))
    ended.answers[answer.status_code] += 1


def _genuine_of_neighbour(both, genuine):
    """Send the other shop something it can use; return the delivery's id."""
    body = b'{"id": 1}'
    told = headers("customers/delete", OTHER_DOMAIN, body)
    assert both.app.post("/webhooks", data=body, headers=told).status_code == 200
    return told["X-Shopify-Webhook-Id"]


def _applied(both):
    wanted = select(WebhookInbox.webhook_id).where(
        WebhookInbox.shop_domain == OTHER_DOMAIN, WebhookInbox.state == InboxState.APPLIED
    )
    return {found for (found,) in both.rows(wanted)}


def _settle(both, before, ended):
    """Let every lease end until each row has used up its tries; count states, and what nobody foresaw."""
    surprises = select(WebhookInbox.topic, WebhookInbox.reason).where(
        WebhookInbox.id >= before, WebhookInbox.state == InboxState.RECEIVED
    )
    found = Counter(tuple(row) for row in both.rows(surprises))
    ended.faults += [f"{number} × {topic}: {reason}" for (topic, reason), number in found.items()]
    for _ in range(5):
        with unit_of_work(both.wired, role=SYSTEM) as session:
            waiting = update(WebhookInbox).where(WebhookInbox.state == InboxState.RECEIVED)
            session.execute(waiting.values(lease_until=func.now() - text("interval '1 second'")))
        both.apply()
    states = select(WebhookInbox.state, WebhookInbox.reason.is_(None)).where(WebhookInbox.id >= before)
    for state, silent in both.rows(states):
        ended.states[state.value] += 1
        if state is InboxState.PARKED and silent:
            ended.faults.append("a webhook was parked without a reason")
    stuck = ended.states["received"]
    if stuck:
        ended.faults.append(f"{stuck} webhooks are stuck")


def _first_new(both):
    return (both.rows(select(func.max(WebhookInbox.id)))[0][0] or 0) + 1


def _neighbour(both):
    """Return a digest of every row of the other shop, in every tenant table."""
    digest = hashlib.sha256()
    with unit_of_work(both.wired, role=SYSTEM) as session:
        for table in Base.metadata.sorted_tables:
            if "shop_id" in table.c:
                rows = session.execute(select(table).where(table.c.shop_id == both.other_shop_id).order_by(*table.c))
                digest.update(repr([tuple(row) for row in rows]).encode())
    return digest.hexdigest()
