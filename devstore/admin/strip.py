"""The strip on top: the demo's day and hour, things to try, faults, the last webhooks."""

from datetime import date
from typing import Any

from flask import Response, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from devstore.admin.books import Books, app_books
from devstore.admin.frame import blueprint, in_shop, shop_zone
from devstore.admin.ledger import shown_ledger
from devstore.admin.six_things import six_things
from devstore.clock.jump import jump, progress
from devstore.clock.now import offset, store_now
from devstore.mail.run import catch_up
from devstore.state.models import Faults, Mail, Seeded, Shop, WebhookDelivery

LAST = 8
CLOSING = (
    "All of this was real: PostgreSQL, Redis protocol, SMTP, signed webhooks."
    " Your own store next: README, “Run it for real”."
)
STEPS = {"hour": 1.0, "day": 24.0, "week": 168.0, "next": None}
FAULTS: dict[str, dict[str, float]] = {
    "lose": {"lose": 0.2},
    "copies": {"copies": 3},
    "shuffle": {"shuffle_seconds": 3.0},
    "heal": {"lose": 0.0, "copies": 1, "shuffle_seconds": 0.0, "delay_seconds": 0.0},
}


def strip_facts(session: Session, shop: Shop, books: Books) -> dict[str, Any]:
    """Return what the strip shows, ready for JSON; `books` as the app told them."""
    now = store_now(session).astimezone(shop_zone(shop))
    faults, things = session.get_one(Faults, 1), six_things(session, shop)
    return {
        "day": (now.date() - _first_day(session, shop)).days + 1,
        "time": f"{now:%A} {now.day} {now:%B, %H:%M}",
        "inbox": session.scalar(select(func.count()).select_from(Mail)) or 0,
        "ledger": shown_ledger(session, shop, books),
        "things": things,
        "closing": CLOSING if all(thing["done"] for thing in things) else "",
        "faults": {
            "lose": faults.lose > 0,
            "copies": faults.copies > 1,
            "shuffle": faults.shuffle_seconds > 0,
        },
        "jump": progress(),
        "webhooks": [_shown(one) for one in _last(session, shop)],
    }


def _first_day(session: Session, shop: Shop) -> date:
    """Return the day the demo began, in the shop's zone: when it was planted, else today by the real clock."""
    began = session.scalar(select(func.min(Seeded.at))) or store_now(session) - offset(session)
    return began.astimezone(shop_zone(shop)).date()


def _last(session: Session, shop: Shop) -> list[WebhookDelivery]:
    newest = select(WebhookDelivery).where(WebhookDelivery.shop_id == shop.id).order_by(WebhookDelivery.id.desc())
    return list(session.scalars(newest.limit(LAST)))


def _shown(one: WebhookDelivery) -> dict[str, Any]:
    if one.state == "lost":
        answer = "lost on purpose"
    elif one.attempts == 0:
        answer = "on its way"
    else:
        answer = str(one.status) if one.status else one.error or "no answer"
    took = f"{one.ms} ms" if one.ms is not None else ""
    good = one.state == "delivered" or (one.state == "waiting" and one.attempts == 0)
    return {"topic": one.topic, "answer": answer, "took": took, "good": good}


@blueprint.get("/<handle>/strip.json")
def strip(handle: str) -> Response:
    """Return the strip as it is now."""
    books = app_books.asked()  # no transaction is open meanwhile
    catch_up()  # what the app calls sent was accepted here before it said so
    with in_shop(handle) as (session, shop):
        answer = jsonify(strip_facts(session, shop, books))
        answer.headers["Cache-Control"] = "no-store"
        return answer


@blueprint.post("/<handle>/clock")
def move_clock(handle: str) -> ResponseReturnValue:
    """Start to move the clock by an hour, a day, a week, or to what is due next."""
    step = request.form.get("step", "hour")
    with in_shop(handle) as (_, shop):
        back = _back(shop)
    jump.start(STEPS.get(step, 1.0))
    return back


@blueprint.post("/<handle>/faults")
def set_faults(handle: str) -> ResponseReturnValue:
    """Break the webhooks in one way, or heal them."""
    with in_shop(handle) as (session, shop):
        faults = session.get_one(Faults, 1)
        for name, value in FAULTS.get(request.form.get("fault", "heal"), FAULTS["heal"]).items():
            setattr(faults, name, value)
        return _back(shop)


def _back(shop: Shop) -> ResponseReturnValue:
    """Return to the page the button was on; a script asks for nothing back."""
    if request.headers.get("X-Requested-With") == "fetch":
        return "", 204
    came_from = request.form.get("back", "")
    safe = came_from.startswith(f"/admin/{shop.handle}") and "//" not in came_from
    return redirect(came_from if safe else f"/admin/{shop.handle}", code=303)
