"""What tests of refusals read: pages in words, pauses as kept, tries as recorded, and who waits for whose locks."""

import re
import threading
from contextlib import contextmanager

from sqlalchemy import func, select, text

from app.flows.sending import drain
from app.messages import outbox
from app.messages.models import Attempt
from app.shops.models import ShopSetting


def seen(merchant, path="/"):
    """The words of a page, as a reader has them."""
    page = merchant.open(path).text
    return re.sub(r"\s+", " ", page).replace("&#39;", "'").replace("&#34;", '"')


def pauses(merchant):
    rows = merchant.rows(
        select(ShopSetting.values, ShopSetting.saved_by).where(ShopSetting.section == "pause").order_by("version")
    )
    return [(by, values["words"]) for values, by in rows]


def tries(merchant):
    return [state for (state,) in merchant.rows(select(Attempt.state).order_by(Attempt.id))]


def count(merchant, table):
    ((found,),) = merchant.rows(select(func.count()).select_from(table))
    return found


def due(merchant):
    return [row.due_at for row in merchant.pending().values()]


def waits(session, hand):
    me = session.scalar(text("select pg_backend_pid()"))
    # Not pg_stat_activity: a transaction keeps the list of connections it saw first.
    blocked = text("select count(*) from pg_locks where not granted and :me = any(pg_blocking_pids(pid))")
    while not session.scalar(blocked, {"me": me}):
        assert hand.is_alive(), "the other did not wait"


@contextmanager
def sending_held_at_its_group(merchant, wired, monkeypatch):
    """Send with another hand that waits before a group leaves; give it and what lets it go on."""
    decided, go = threading.Event(), threading.Event()

    def send_group(*group):
        decided.set()
        assert go.wait(20)
        outbox.send_group(*group)

    monkeypatch.setattr(drain, "send_group", send_group)
    hand = threading.Thread(target=lambda: drain.drain(wired))
    hand.start()
    assert decided.wait(20)
    yield hand, go
    hand.join(20)


def reached(session, hand, go):
    """Let the other hand go on until it waits for us; return how many attempts and messages we can still lock."""
    go.set()
    waits(session, hand)
    free = text("select count(*) from (select from attempt for update skip locked) a")
    free_messages = text("select count(*) from (select from message for update skip locked) m")
    return session.scalar(free), session.scalar(free_messages)
