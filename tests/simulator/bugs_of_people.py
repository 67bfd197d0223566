"""Bugs in what merchants and people decide: pauses, uninstalls, versions, merges, stops. Planted like the others."""

from dataclasses import replace

from app.flows.planning.by_hand import pause, start
from app.flows.planning.by_hand.release import OnResume
from app.flows.planning.publishing import save_flow
from app.wiring import CALLERS
from tests.simulator import merchants
from tests.simulator.bugs import bug, trigger

PAUSED = ((60, "pause", {}), (110, "resume", {"choice": "send"}))
LEFT = ((120, "leave", {}), (330, "come_back", {}))
OUT = ((60, "leave_out", {"step": "product_help"}),)
OUT_AND_BACK = (*OUT, (90, "plan_again", {}))
TAKEN = "taken, then drop"
ONCE_MORE = ((100, "send_again", {}),)
SOON_BACK = ((120, "leave", {}), (160, "come_back", {}))


def publish(days, *, move):
    """Return the errand of publishing another delay of the review request, some days after the parcels came."""
    return ((130, "publish", {"step": "review_request", "days": days, "move": move}),)


@bug("a pause is answered and forgotten", "paused", story="plain", errand=PAUSED)
def forget_pause(on, patch):
    patch.setattr(pause, "save", lambda *_, **__: None)


@bug("what a pause held is left out though it was to be sent", "lost", story="plain", errand=PAUSED)
def drop_on_resume(on, patch):
    real = pause.release

    def release(session, reasons, choice, now, **more):
        return real(session, reasons, OnResume.SKIP, now, **more)

    patch.setattr(pause, "release", release)


@bug("an uninstall is not heard", "uninstalled", story="plain", errand=LEFT, asks=False)
def overlook_uninstall(on, patch):
    on.reinstall(replace(on.wired, topics=dict(on.wired.topics) | {"app/uninstalled": ()}))


@bug("what was planned before an uninstall comes after it", "wrong time", story="plain", errand=SOON_BACK)
def keep_the_old(on, patch):
    patch.setattr(start, "leave_out_older", lambda *_: 0)


@bug("runs that were to move keep their old dates", "wrong time", story="plain", errand=publish(12, move=True))
def move_nothing(on, patch):
    patch.setattr(save_flow, "move_runs", lambda *_: [])


@bug("runs that were to stay are moved", "wrong time", story="plain", errand=publish(5, move=False))
def move_all(on, patch):
    real = merchants.save_flow

    def save(session, document, *, by, move):
        return real(session, document, by=by, move=True)

    patch.setattr(merchants, "save_flow", save)


@bug("a merge is heard and nothing joined", "asked twice", story="merge", asks=False)
def forget_merge(on, patch):
    on.reinstall(replace(on.wired, topics=dict(on.wired.topics) | {"customers/merge": ()}))


@bug("a stop is not told to the shop", "not told", story="stop")
def keep_stops_to_oneself(on, patch):
    patch.setitem(on.wired.parts, "callers", dict(CALLERS) | {"email_consent": lambda *_: None})


@bug("what was left out by hand goes all the same", "left out", story="plain", errand=OUT)
def keep_what_was_left_out(on, patch):
    trigger(
        on, "follow_up", "update",
        """if new.reason = 'skipped_by_merchant' and old.reason is distinct from new.reason then
             new.state := 'scheduled'; new.outcome := null; new.done_at := null;
           end if; return new;""",
    )  # fmt: skip


@bug("what is planned again stays as it ended", "planned again", story="plain", errand=OUT_AND_BACK)
def forget_to_plan(on, patch):
    trigger(
        on, "follow_up", "update",
        "if new.again_at is distinct from old.again_at then return old; end if; return new;",
    )  # fmt: skip


@bug("what was sent again goes once more", "duplicate", story="plain", errand=ONCE_MORE, phases={"dot": [TAKEN] * 2})
def send_a_third_time(on, patch):
    trigger(
        on, "follow_up", "update",
        """if new.outcome = 'handed_over' and new.again_at is not null and old.attempts < 3 then
             new.state := 'scheduled'; new.outcome := null; new.done_at := null; new.message_id := null;
           end if; return new;""",
    )  # fmt: skip
    trigger(
        on, "message", "update",
        """if new.state = 'accepted' and old.state = 'sending' and exists (
             select from attempt a where a.shop_id = new.shop_id and a.message_id = new.id and a.state = 'unknown'
           ) then new.state := 'unknown'; end if; return new;""",
    )  # fmt: skip
