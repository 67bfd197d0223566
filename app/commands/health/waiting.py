"""What waits longer than it should, and what was given up on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.commands.health.finding import Finding, look, well, wrong
from app.flows.models import FollowUp
from app.flows.planning.by_hand.halt import halted
from app.flows.sending.claim import is_due
from app.flows.words.count_words import counted
from app.kit.clock import business_now
from app.kit.engines import SYSTEM
from app.kit.epoch import unreleased
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.messages.models import HitInbox, Message, MessageState
from app.shopify.models import CallState, InboxState, OutgoingCall, WebhookInbox

MINUTES = 10
LONG = timedelta(minutes=MINUTES)
PLURAL = {"open or click": "opens and clicks", "call to Shopify": "calls to Shopify"}
LATELY = timedelta(days=7)


def check(runtime: Runtime) -> Iterator[Finding]:
    """Tell what is stuck, then what was given up on."""
    with unit_of_work(runtime, role=SYSTEM) as session:
        yield from _stopped(session)
        yield from list(_stuck(session)) or [well("waiting", f"nothing for more than {MINUTES} minutes")]
        yield from _given_up(session)


def _stopped(session: Session) -> Iterator[Finding]:
    if halted(session) is not None:
        yield look(
            "sending", "an operator's halt holds every message", "`flask --app wsgi halted` says why and goes on."
        )
    if unreleased(session) is not None:
        yield look("sending", "the database was put back from a copy, and all waits", "`flask --app wsgi restored`.")


def _stuck(session: Session) -> Iterator[Finding]:
    inbox = (WebhookInbox.state == InboxState.RECEIVED, WebhookInbox.received_at < func.now() - LONG)
    hits = (HitInbox.applied_at.is_(None), HitInbox.happened_at < func.now() - LONG)
    due = is_due(business_now(session) - LONG)
    calls = (OutgoingCall.state == CallState.PENDING, OutgoingCall.next_at < func.now() - LONG)
    for query, what, queue in (
        (select(func.count(WebhookInbox.id)).where(*inbox), "webhook", "inbox"),
        (select(func.count(HitInbox.id)).where(*hits), "open or click", "inbox"),
        (select(func.count(FollowUp.id)).where(due), "due message", "sends"),
        (select(func.count(OutgoingCall.id)).where(*calls), "call to Shopify", "bulk"),
    ):
        count = session.scalar(query)
        if count:
            words = f"{counted(count, what, PLURAL.get(what, ''))} for more than {MINUTES} minutes"
            yield wrong("waiting", words, f"See that ticker and the worker for {queue} run, and what they log.")


def _given_up(session: Session) -> Iterator[Finding]:
    parked = (WebhookInbox.state == InboxState.PARKED, WebhookInbox.received_at > func.now() - LATELY)
    for query, what, remedy in (
        (
            select(func.count(WebhookInbox.id)).where(*parked),
            ("parked webhook of the last 7 days", "parked webhooks of the last 7 days"),
            "`webhook_inbox.reason` says why each could not be applied.",
        ),
        (
            select(func.count(OutgoingCall.id)).where(OutgoingCall.state == CallState.FAILED),
            ("call to Shopify given up on", "calls to Shopify given up on"),
            "`outgoing_call.reason` says why.",
        ),
        (
            select(func.count(Message.id)).where(Message.state == MessageState.UNKNOWN),
            ("message that may or may not have left", "messages that may or may not have left"),
            "None is sent twice by itself; the merchants decide on their first page.",
        ),
    ):
        count = session.scalar(query) or 0
        words = counted(count, *what)
        yield look("given up", words, remedy) if count else well("given up", words)
