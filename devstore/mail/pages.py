"""The inbox for people: every mail as a desktop, a phone and a plain-text reader would show it."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from devstore.clock.now import store_now
from devstore.mail.read import read_mail
from devstore.state.engine import unit_of_work
from devstore.state.models import Mail, Shop

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox", template_folder="templates")

VIEWS = {"desktop": "Desktop", "phone": "Phone", "text": "Plain text", "headers": "Headers"}
PAGE = 50
# Mail opens its links beside the inbox, and runs nothing.
OPEN_BESIDE = '<base target="_blank">'


@blueprint.get("")
def listing() -> str:
    """List mail, newest first; `?to=` shows one person's, `?before=<id>` older ones."""
    to, before = request.args.get("to", "").replace("\0", ""), request.args.get("before", "")
    with unit_of_work(announce=False) as session:
        query = select(Mail).options(defer(Mail.raw)).order_by(Mail.id.desc()).limit(PAGE)
        if to:
            query = query.where(Mail.recipient == to)
        if before.isdigit() and len(before) < 19:
            query = query.where(Mail.id < int(before))
        mails = session.scalars(query).all()
        page = "inbox/rows.html" if request.args.get("rows") else "inbox/list.html"
        return render_template(page, mails=mails, to=to, more=len(mails) == PAGE, **_frame(session))


@blueprint.get("/<int:number>")
def one(number: int) -> ResponseReturnValue:
    """Show one mail in one view; looking at it marks it read."""
    view = request.args.get("view", "desktop")
    if view not in VIEWS:
        return redirect(url_for("inbox.one", number=number))
    with unit_of_work(announce=False) as session:
        mail = session.get(Mail, number) if number < 2**63 else None
        if mail is None:
            abort(404)
        mail.read = True
        parts = read_mail(mail.raw)
        if parts.html is None and view in {"desktop", "phone"}:
            view = "text"
        source = OPEN_BESIDE + (parts.html or "")
        seen = {"mail": mail, "parts": parts, "view": view, "views": VIEWS, "source": source}
        return render_template("inbox/mail.html", **seen, **_frame(session))


@blueprint.get("/<int:number>/raw")
def raw(number: int) -> Response:
    """Give the mail's bytes as they came."""
    with unit_of_work(announce=False) as session:
        mail = session.get(Mail, number) if number < 2**63 else None
    if mail is None:
        abort(404)
    return Response(mail.raw, mimetype="text/plain", headers={"X-Content-Type-Options": "nosniff"})


def _frame(session: Session) -> dict[str, Any]:
    """Return what every page shows: the store's time, and a way to write times in the shop's zone."""
    name = session.scalar(select(Shop.iana_timezone).order_by(Shop.id).limit(1)) or "UTC"
    zone = ZoneInfo(name)

    def say(moment: datetime) -> str:
        local = moment.astimezone(zone)
        return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"

    unread = session.scalar(select(func.count()).where(Mail.read.is_(False)))
    return {"say": say, "now": store_now(session), "zone": name, "unread": unread}
