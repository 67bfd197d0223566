"""The store's workings by script: health, clock, webhook log, inbox, the sink's answers."""

from flask import Response, jsonify, request
from sqlalchemy import func, select
from sqlalchemy.orm import defer

from devstore.api import blueprint
from devstore.api.read import body, fraction, only, whole_number
from devstore.api.show import show_delivery, show_mail, show_visit, show_whole_mail
from devstore.clock.jump import jump, progress
from devstore.clock.now import offset, store_now
from devstore.mail.run import catch_up, script
from devstore.mail.script import read_script
from devstore.state.engine import unit_of_work
from devstore.state.models import Mail, Shop, Visit, WebhookDelivery
from devstore.world.refused import Refused


@blueprint.get("/health")
def health() -> Response:
    """Answer 200 when the database does."""
    with unit_of_work(announce=False) as session:
        shops = session.scalar(select(func.count()).select_from(Shop))
    return jsonify(ok=True, shops=shops)


@blueprint.get("/clock")
def clock() -> Response:
    """Tell the store's time; the app asks every second."""
    with unit_of_work(announce=False) as session:
        ahead = offset(session)
        return jsonify(offset_seconds=int(ahead.total_seconds()), now=store_now(session).isoformat())


@blueprint.post("/clock")
def move_clock() -> tuple[Response, int]:
    """Start a jump: `{"advance_hours": n}` or `{"to_next_due": true}`; follow it at `/api/clock/jump`."""
    given = body()
    only(given, "advance_hours", "to_next_due")
    if given.get("to_next_due") is True:
        jump.start(None)
    else:
        jump.start(fraction(given, "advance_hours", 0.01, 24 * 90))
    return jsonify(progress()), 202


@blueprint.get("/clock/jump")
def clock_jump() -> Response:
    """Tell how far the jump is."""
    return jsonify(progress())


@blueprint.get("/webhooks")
def webhooks() -> Response:
    """Show the log, newest first: `?topic=&state=&after=<id>&limit=`; `waiting` counts what is still to go."""
    with unit_of_work(announce=False) as session:
        query = select(WebhookDelivery).order_by(WebhookDelivery.id.desc())
        if topic := request.args.get("topic"):
            query = query.where(WebhookDelivery.topic == topic.replace("\0", ""))
        if state := request.args.get("state"):
            query = query.where(WebhookDelivery.state == state.replace("\0", ""))
        query = query.where(WebhookDelivery.id > whole_number(dict(request.args), "after", 0))
        rows = session.scalars(query.limit(_limit())).all()
        waiting = session.scalar(select(func.count()).where(WebhookDelivery.state == "waiting"))
        return jsonify(webhooks=[show_delivery(one) for one in rows], waiting=waiting)


@blueprint.get("/webhooks/counts")
def webhook_counts() -> Response:
    """Count deliveries by topic and state."""
    with unit_of_work(announce=False) as session:
        columns = (WebhookDelivery.topic, WebhookDelivery.state)
        counted: dict[str, dict[str, int]] = {}
        for topic, state, number in session.execute(select(*columns, func.count()).group_by(*columns)):
            counted.setdefault(topic, {})[state] = number
        return jsonify(topics=counted)


@blueprint.get("/webhooks/<int:number>")
def webhook(number: int) -> Response:
    """Show one delivery with the body that was sent."""
    with unit_of_work(announce=False) as session:
        row = session.get(WebhookDelivery, number)
        if row is None:
            raise Refused("webhook", f"There is no delivery {number}.")
        return jsonify(**show_delivery(row), body=row.payload.decode())


@blueprint.get("/shoppers")
def shoppers() -> Response:
    """Show what simulated shoppers did or will do about their mail, newest mail first, with their requests."""
    with unit_of_work(announce=False) as session:
        query = select(Visit, Mail.recipient, Mail.subject).join(Mail, Mail.id == Visit.mail_id)
        rows = session.execute(query.order_by(Visit.mail_id.desc()).limit(_limit())).all()
        return jsonify(visits=[show_visit(visit, recipient, subject) for visit, recipient, subject in rows])


@blueprint.get("/inbox")
def inbox() -> Response:
    """List mail, newest first: `?to=&after=<id>&limit=`; `count` is how many there are in all."""
    catch_up()
    with unit_of_work(announce=False) as session:
        query = (
            select(Mail)
            .options(defer(Mail.raw))
            .order_by(Mail.id.desc())
            .where(Mail.id > whole_number(dict(request.args), "after", 0))
        )
        if to := request.args.get("to"):
            query = query.where(Mail.recipient == to.replace("\0", ""))
        mails = session.scalars(query.limit(_limit())).all()
        count = session.scalar(select(func.count()).select_from(Mail))
        return jsonify(mails=[show_mail(one) for one in mails], count=count)


@blueprint.get("/inbox/<int:number>")
def one_mail(number: int) -> Response:
    """Show one mail with its HTML, text, links and headers."""
    with unit_of_work(announce=False) as session:
        mail = session.get(Mail, number)
        if mail is None:
            raise Refused("mail", f"There is no mail {number}.")
        return jsonify(show_whole_mail(mail))


@blueprint.route("/sink/script", methods=["GET", "POST"])
def sink_script() -> Response:
    """Script the listener's answers: `{"replies": [{"at": "rcpt", "reply": "450 4.2.1 busy", "times": 1}]}`."""
    if request.method == "POST":
        given = body()
        only(given, "replies")
        try:
            script.replace(read_script(given.get("replies", [])))
        except ValueError as fault:
            raise Refused("replies", f"{fault}.") from fault
    return jsonify(replies=script.left())


def _limit() -> int:
    return min(1000, max(1, whole_number(dict(request.args), "limit", 100)))
