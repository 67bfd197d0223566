"""Show rows as the scripts see them: the webhook's body where there is one."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from devstore.config import settings
from devstore.mail.read import read_mail
from devstore.state.models import Mail, Order, Visit, WebhookDelivery
from devstore.webhooks.payloads.order import order_body
from devstore.world.whole import whole_order, whole_orders


def show_order(session: Session, order: Order) -> dict[str, Any]:
    """Return the order's whole body."""
    return order_body(whole_order(session, order), settings().origin)


def show_orders(session: Session, orders: Sequence[Order]) -> list[dict[str, Any]]:
    """Return the orders' whole bodies."""
    return [order_body(whole, settings().origin) for whole in whole_orders(session, orders)]


def show_delivery(row: WebhookDelivery) -> dict[str, Any]:
    """Return one line of the webhook log."""
    return {
        "id": row.id,
        "topic": row.topic,
        "shop": row.shop_domain,
        "state": row.state,
        "status": row.status,
        "ms": row.ms,
        "attempts": row.attempts,
        "error": row.error,
        "webhook_id": row.webhook_id,
        "event_id": row.event_id,
        "triggered_at": row.triggered_at.isoformat(),
        "url": row.url,
    }


def show_mail(mail: Mail) -> dict[str, Any]:
    """Return one mail's line."""
    return {
        "id": mail.id,
        "to": mail.recipient,
        "from": mail.sender,
        "mail_from": mail.mail_from,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "received_at": mail.received_at.isoformat(),
        "read": mail.read,
    }


def show_whole_mail(mail: Mail) -> dict[str, Any]:
    """Return one mail's line and its html, text, links and headers."""
    return {**show_mail(mail), **asdict(read_mail(mail.raw))}


def show_visit(visit: Visit, recipient: str, subject: str) -> dict[str, Any]:
    """Return what one simulated shopper did about one mail."""
    return {
        "mail": visit.mail_id,
        "to": recipient,
        "subject": subject,
        "role": visit.role,
        "due_at": visit.due_at.isoformat(),
        "state": visit.state,
        "requests": visit.requests,
    }
