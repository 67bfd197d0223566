"""Bugs to plant, each with the life and the fault that bring it out. A checker that misses one proves little.

Most are a trigger or a dropped constraint in the run's own database: they hold whatever the app's code is called.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from app.channels.smtp.phases import SmtpSender
from app.flows.sending import drain, lock_group, steer
from app.kit.work import unit_of_work
from app.messages import outbox
from app.messages.models import AttemptState, MessageState
from app.messages.signed import routes
from app.shopify.models import InboxState
from app.shopify.webhooks import apply, inbox
from app.shopify.webhooks.settle import settle
from tests.simulator.plots import Plot


@dataclass(frozen=True)
class Bug:
    """Say what is wrong, how to plant it, and in which plot it shows. `laws`: one of these has to be broken."""

    name: str
    plant: Callable
    laws: frozenset
    plot: dict = field(default_factory=dict)


BUGS = []


def bug(name, *laws, **plot):
    """Enter a function that plants a bug."""

    def enter(plant):
        BUGS.append(Bug(name, plant, frozenset(laws), plot))
        return plant

    return enter


def trigger(on, table, when, body):
    """Let the database do something else than it was told."""
    on.monitor.execute(f"create function spoil_{table}() returns trigger language plpgsql as $$ begin {body} end $$")
    on.monitor.execute(f'create trigger spoil before {when} on "{table}" for each row execute function spoil_{table}()')


@bug("the dot goes before the commit", "duplicate", story="plain", points={"K7": ["raise", "raise"]})
def send_before_commit(on, patch):
    real = outbox._commit_hand_offs
    crossed = {}

    def commit(runtime, shop_id, standing, way_out, steering):
        for prepared, connection in standing:
            crossed[prepared.message_id] = connection.finish()
        return real(runtime, shop_id, standing, way_out, steering)

    def cross(prepared, connection):
        receipt = crossed[prepared.message_id]
        return outbox.Outcome(prepared, AttemptState.ACCEPTED, code=receipt.code, reply=receipt.reply)

    dot = SmtpSender.cross
    patch.setattr(SmtpSender, "cross", lambda sender: dot(sender) if sender._before_dot else None)
    patch.setattr(outbox, "_commit_hand_offs", commit)
    patch.setattr(outbox, "_cross", cross)


@bug("a worker that slept past its lease goes on", "duplicate", "fencing", story="plain", points={"K3": ["stall"] * 2})
def ignore_fence(on, patch):
    def locked(session, group):
        found = lock_group.lock(session, group)
        return replace(found, mine=list(group))

    patch.setattr(steer, "lock", locked)
    patch.setattr(steer, "_still_holds", lambda *_: True)
    unfenced = outbox.HAND_OFF.replace("and a.fence = t.fence", "").replace("and a.state = 'prepared'", "")
    patch.setattr(outbox, "HAND_OFF", unfenced)


@bug("nothing is read again under the lock", "after stop", "wrong time", story="plain", points={"K6": ["stop"] * 12})
def no_second_look(on, patch):
    def all_of_them(session, group):
        steer.lock(session, group)
        steer._mark_done(session, group, steer.business_now(session))
        return {prepared.message_id for prepared in group}

    patch.setattr(drain, "STEERING", replace(steer.STEERING, may_hand_off=all_of_them))


@bug("the window is forgotten", "window", story="plain")
def wrong_hours(on, patch):
    trigger(on, "order", "insert or update", "new.country := 'NZ'; return new;")


@bug("an accepted mail is put back in the plan", "duplicate", story="plain")
def retry_accepted(on, patch):
    trigger(
        on, "follow_up", "update",
        """if new.outcome = 'handed_over' and old.attempts < 3 then
             new.state := 'scheduled'; new.outcome := null; new.done_at := null; new.message_id := null;
           end if; return new;""",
    )  # fmt: skip
    trigger(on, "message", "update", "if new.state = 'accepted' then new.state := 'planned'; end if; return new;")


@bug("a temporary refusal counts as final", "lost", story="plain", phases={"RCPT": ["450 4.2.1 busy"] * 2})
def lose_on_4xx(on, patch):
    real = outbox._refused

    def refused(prepared, refusal):
        return replace(real(prepared, refusal), state=AttemptState.REJECTED)

    patch.setattr(outbox, "_refused", refused)


@bug("an unknown outcome is sent again", "duplicate", story="plain", phases={"dot": ["taken, then drop"] * 2})
def resend_unknown(on, patch):
    real = outbox._cross

    def cross(prepared, connection):
        outcome = real(prepared, connection)
        unknown = outcome.state is AttemptState.UNKNOWN
        return replace(outcome, state=AttemptState.DEFERRED, retry_in=outbox.FIRST_RETRY) if unknown else outcome

    patch.setattr(outbox, "_cross", cross)


@bug("a refund is ignored", "wrong time", story="refund")
def ignore_refunds(on, patch):
    trigger(on, "refund_line", "insert or update", "new.quantity := 0; return new;")
    trigger(on, "order_line", "insert or update", "new.current_quantity := new.quantity; return new;")
    trigger(
        on, "order", "insert or update",
        "if new.financial_status like '%refunded' then new.financial_status := 'paid'; end if; return new;",
    )  # fmt: skip


@bug("a mail goes to whoever was before", "isolation", story="plain", orders=3)
def wrong_person(on, patch):
    real, before = outbox._begin, []

    def begin(prepared, connection):
        before.append(prepared.outbound.recipient)
        return real(replace(prepared, outbound=replace(prepared.outbound, recipient=before[0])), connection)

    patch.setattr(outbox, "_begin", begin)


@bug("an unsubscribe is answered and forgotten", "wrong time", story="stop")
def forget_stop(on, patch):
    patch.setattr(routes, "unsubscribe", lambda *_: None)


@bug("an erasure is forgotten", "wrong time", story="redact", asks=False)
def forget_erasure(on, patch):
    topics = dict(on.wired.topics) | {"customers/redact": ()}
    on.reinstall(replace(on.wired, topics=topics))


@bug("a webhook is answered before it is kept", "acknowledged", story="plain")
def answer_first(on, patch):
    real = inbox.keep

    def keep(runtime, received):
        if received.topic != "fulfillments/create":
            real(runtime, received)

    patch.setattr(inbox, "keep", keep)


@bug("a failed webhook counts as applied", "lost", story="plain", points={"B3": ["raise"] * 12}, asks=False)
def swallow_failure(on, patch):
    def failed(runtime, row_id, _failure):
        with unit_of_work(runtime) as session:
            settle(session, row_id, InboxState.APPLIED, "done")
        return 0

    patch.setattr(apply, "_failed", failed)


@bug("a parcel counts as arrived when it leaves", "wrong time", story="plain")
def too_early(on, patch):
    trigger(
        on, "fulfillment", "insert or update",
        "new.delivered_at := new.shipped_at; new.delivered_source := 'carrier_event'; return new;",
    )  # fmt: skip


@bug(
    "nothing is ever too old",
    "wrong time",
    story="plain",
    late=dict.fromkeys(("orders/create", "fulfillments/create", "fulfillment_events/create"), 80),
    asks=False,
)
def never_stale(on, patch):
    trigger(on, "follow_up", "insert or update", "new.expires_at := new.due_at + interval '60 days'; return new;")


@bug("an unanswered hand-off is never looked at again", "silent", story="plain", points={"K9": ["die"]})
def no_sweep(on, patch):
    trigger(on, "attempt", "update", "if new.state = 'unknown' then return null; end if; return new;")


@bug("a message is left out without a reason", "silent", story="refund")
def no_reason(on, patch):
    trigger(on, "follow_up", "update", "if new.outcome = 'skipped' then new.reason := ''; end if; return new;")


@bug("a claim is never given back", "silent", story="plain", points={"K1": ["die"] * 2})
def eternal_lease(on, patch):
    trigger(
        on, "follow_up", "update",
        "if new.state = 'claimed' then new.lease_until := 'infinity'; end if; return new;",
    )  # fmt: skip


@bug("an open return is overlooked", "return open", story="return")
def overlook_return(on, patch):
    trigger(on, "return_case", "insert or update", "new.status := 'declined'; return new;")


@bug("a refused mail counts as accepted", "lost", story="plain", phases={"RCPT": ["552 5.2.2 full"]})
def accept_refused(on, patch):
    patch.setitem(outbox.MESSAGE_AFTER, AttemptState.REJECTED, MessageState.ACCEPTED)


@bug("a row is handed over with no message", "silent", story="plain")
def hand_over_nothing(on, patch):
    trigger(
        on, "follow_up", "update", "if new.outcome = 'handed_over' then new.message_id := null; end if; return new;"
    )


def plot_of(planted, patch):
    """Return the plot that brings a bug out, with the bug in it; None for the same without one."""
    return Plot(**planted.plot, plant=lambda playing: planted.plant(playing.on, patch))
