"""Bugs in what merchants and people decide: pauses, uninstalls, versions, merges, stops. Planted like the others."""

from dataclasses import replace

from app.flows.planning.by_hand import pause, start
from app.flows.planning.by_hand.release import OnResume
from app.flows.planning.publishing import save_flow
from app.wiring import CALLERS
from tests.simulator import merchants
from tests.simulator.bugs import bug

PAUSED = ((60, "pause", {}), (110, "resume", {"choice": "send"}))
LEFT = ((120, "leave", {}), (330, "come_back", {}))
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
