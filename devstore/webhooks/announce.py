"""Note that something happened: one delivery row for each address that wants to hear of it."""

import random
import uuid
from datetime import timedelta
from functools import cache
from typing import Any

import orjson
from sqlalchemy import BigInteger, bindparam, func, insert, select, update
from sqlalchemy import event as happening
from sqlalchemy.orm import Session

from devstore.clock.now import real_now, store_now
from devstore.config import settings
from devstore.platform.install import approved_level
from devstore.platform.tables import Installation
from devstore.state.engine import Work
from devstore.state.models import Faults, Shop, TopicLoss, WebhookDelivery
from devstore.webhooks.subscriptions import COMPLIANCE, AppFileWatch
from devstore.webhooks.withhold import withheld

OF_TOPICS = select(func.jsonb_object_agg(TopicLoss.topic, TopicLoss.share)).scalar_subquery()
STANDING = (
    select(Faults, Installation, OF_TOPICS)
    .outerjoin(Installation, Installation.shop_id == bindparam("shop", type_=BigInteger))
    .where(Faults.id == 1)
)


@cache
def _watch() -> AppFileWatch:
    return AppFileWatch(settings().app_folder)


def announce(session: Session, shop: Shop, topic: str, payload: dict[str, Any], *, anyway: bool = False) -> None:
    """Queue the payload for every subscription of the topic, inside the caller's transaction, as it commits.

    Nothing is queued for a shop where the app is not installed, unless `anyway` (Shopify still sends
    app/uninstalled and the compliance topics then), nor of what it is not approved to hear. Faults are drawn here,
    from the seed and the delivery's place in the queue, so that a run can be repeated.
    """
    if not (shop.installed or anyway):
        return
    deployed = _watch().current()
    losses = _losses(session, shop)
    told = withheld(topic, payload, approved_level(session, shop))
    if told is None:
        return
    body = orjson.dumps(told)
    now, real = store_now(session), real_now()
    faults = session.get_one(Faults, 1)
    share = losses.get(topic, faults.lose)
    for subscription in deployed.to(topic):
        webhook_id = str(uuid.uuid4())
        fate = (
            draw(faults, topic, _next_place(session), lose=share)
            if share or _any(faults)
            else Fate(lost=False, waits=[0.0])
        )
        for copy in range(fate.copies):
            wait = timedelta(seconds=fate.waits[copy])
            session.info.setdefault("announced", []).append(
                {
                    "shop_id": shop.id,
                    "shop_domain": shop.domain,
                    "topic": topic,
                    "url": deployed.address(subscription, settings().app_url),
                    "name": subscription.name,
                    "api_version": deployed.api_version,
                    "webhook_id": webhook_id,
                    "event_id": session.info["event_id"],
                    "triggered_at": now,
                    "payload": body,
                    "state": "lost" if fate.lost else "waiting",
                    "finished_at": now if fate.lost else None,
                    "due_store": now + wait,
                    "due_real": real + wait,
                }
            )


@happening.listens_for(Work, "before_commit")
def _queue(session: Session) -> None:
    """Write what was announced by one statement, in its order."""
    if rows := session.info.pop("announced", None):
        session.execute(insert(WebhookDelivery), rows)


@happening.listens_for(Work, "after_rollback")
def _never_happened(session: Session) -> None:
    session.info.pop("announced", None)


def _losses(session: Session, shop: Shop) -> dict[str, float]:
    """Return the shares of the topics that have one of their own; read once a session, with what else is asked for."""
    if "losses" not in session.info:
        faults, installation, losses = session.execute(STANDING, {"shop": shop.id}).one()
        session.info["losses"] = losses or {}
        session.info["held"] += [faults, installation]
    found: dict[str, float] = session.info["losses"]
    return found


def _any(faults: Faults) -> bool:
    return bool(faults.copies > 1 or faults.shuffle_seconds or faults.delay_seconds)


def _next_place(session: Session) -> int:
    """Return the delivery's place in the queue; it is taken only while there are faults, since it waits for others."""
    taken = update(Faults).where(Faults.id == 1).values(drawn=Faults.drawn + 1).returning(Faults.drawn)
    return session.execute(taken.execution_options(synchronize_session=False)).scalar_one()


class Fate:
    """What the faults do to one delivery: lost or not, and how long each copy waits (seconds)."""

    def __init__(self, *, lost: bool, waits: list[float]) -> None:
        self.lost = lost
        self.waits = waits
        self.copies = len(waits)


def draw(faults: Faults, topic: str, place: int, *, lose: float) -> Fate:
    """Draw the fate of the delivery at a place in the queue; the same seed and place give the same fate.

    `lose` is the topic's own share, or the general one. Compliance and app/* topics are never lost: losing them
    would test a promise Shopify does keep.
    """
    dice = random.Random(f"{faults.seed}:{place}")
    lost = dice.random() < lose and topic not in COMPLIANCE and not topic.startswith("app/")
    copies = 1 if lost else max(1, faults.copies)
    return Fate(lost=lost, waits=[faults.delay_seconds + dice.random() * faults.shuffle_seconds for _ in range(copies)])
