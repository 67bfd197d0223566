"""Close the demo's books: what the app says was due, held against what the store and its mail server know."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from devstore.admin.books import Books
from devstore.clock.quiet import count_of
from devstore.mail.whose import follow_up_of
from devstore.state.models import Mail, Shop, Visit, WebhookDelivery


@dataclass(frozen=True)
class Taken:
    """Mails to the shop's shoppers that the mail server took in; `twice` by their Message-ID."""

    mails: int
    twice: int


def shown_ledger(session: Session, shop: Shop, books: Books) -> dict[str, Any]:
    """Return the ledger in words: `head` in a few, `app` a line ("" when the app does not tell), `store` lines."""
    taken = _taken(session, shop)
    told = None if books is None else books.get(shop.domain, {})
    lost = None if told is None else _lost(told, taken)
    head = [f"twice {taken.twice}", *([] if lost is None else [f"lost {lost}"])]
    return {
        "head": " · ".join(head),
        "good": not taken.twice and not lost,
        "app": "" if told is None else _line(told, head),
        "store": [_webhooks(session, shop), _mails(taken), _shoppers(session, shop)],
    }


def _line(told: dict[str, int], head: list[str]) -> str:
    under_way = told.get("under_way", 0)
    return " · ".join(
        [
            f"Ledger: due {told.get('due', 0)}",
            f"sent {told.get('sent', 0)}",
            f"not sent {told.get('not_sent', 0)}, each with its reason",
            f"may have left {told.get('unknown', 0)}",
            *([f"under way {under_way}"] if under_way else []),
            *head,
        ]
    )


def _lost(told: dict[str, int], taken: Taken) -> int:
    """Count what was due and came to nothing, and what the app calls sent but the mail server never took in."""
    return told.get("undone", 0) + max(0, told.get("sent", 0) - (taken.mails - taken.twice))


def _taken(session: Session, shop: Shop) -> Taken:
    counts = select(func.count(), func.count(Mail.message_id.distinct()), func.count(Mail.message_id))
    mails, different, named = session.execute(counts.where(follow_up_of(session, shop))).one()
    return Taken(mails, named - different)


def _mails(taken: Taken) -> str:
    if not taken.mails:
        return "Mails: none taken in yet."
    twice = f"{taken.twice} of them twice" if taken.twice else "none twice"
    return f"Mails: {taken.mails} taken in, {twice}."


def _webhooks(session: Session, shop: Shop) -> str:
    """Say how many webhooks were made, lost on purpose, sent again on purpose, and answered with 2xx."""
    state, webhook = WebhookDelivery.state, WebhookDelivery.webhook_id.distinct()
    made, lost, sent, answered = session.execute(
        select(
            func.count(webhook),
            func.count(webhook).filter(state == "lost"),
            func.count().filter(state != "lost"),
            func.count(webhook).filter(state == "delivered"),
        ).where(WebhookDelivery.shop_id == shop.id)
    ).one()
    if not made:
        return "Webhooks: none made yet."
    return f"Webhooks: {made} made, {lost} lost on purpose, {sent - (made - lost)} repeated, {answered} answered."


def _shoppers(session: Session, shop: Shop) -> str:
    """Say how many mails simulated shoppers opened, and after how many they sent a form."""
    sent_a_form = cast(Visit.requests, Text).contains('"POST"')
    opened, answered = session.execute(
        select(func.count(), func.count().filter(sent_a_form))
        .select_from(Visit)
        .join(Mail, Mail.id == Visit.mail_id)
        .where(Visit.state == "done", follow_up_of(session, shop))
    ).one()
    if not opened:
        return "Simulated shoppers: no mail opened yet."
    return f"Simulated shoppers: {count_of(opened, 'mail', 'mails')} opened, {answered} answered."
