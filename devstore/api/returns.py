"""Returns by script."""

from flask import Response, jsonify, request
from sqlalchemy.orm import Session

from devstore.api import blueprint
from devstore.api.read import DEFAULT_SHOP, body, only, pairs, words
from devstore.state.engine import unit_of_work
from devstore.state.models import Return, Shop
from devstore.webhooks.payloads.refund import return_moved_body
from devstore.world.find import find_in, find_order, find_shop
from devstore.world.returns import move_return, process_return, request_return, take_out


@blueprint.post("/orders/<key>/returns")
def post_return(key: str) -> tuple[Response, int]:
    """Ask for a return of `[{"line", "quantity"}]` with a reason."""
    given = body()
    only(given, "lines", "reason", "note")
    with unit_of_work() as session:
        case = request_return(
            session,
            find_order(session, _shop(session), key),
            lines=pairs(given, "lines", "line"),
            reason=words(given, "reason") or "unwanted",
            note=words(given, "note") or "",
        )
        return jsonify(return_moved_body(case)), 201


@blueprint.post("/returns/<int:number>/process")
def post_process(number: int) -> Response:
    """Take the goods in; `{"exchange": [{"variant", "quantity"}]}` gives others for them."""
    given = body()
    only(given, "exchange")
    with unit_of_work() as session:
        case = find_in(session, _shop(session), Return, number, "return")
        process_return(session, case, exchange=pairs(given, "exchange", "variant"))
        return jsonify(return_moved_body(case))


@blueprint.post("/returns/<int:number>/take-out")
def post_take_out(number: int) -> Response:
    """Take `[{"line", "quantity"}]` out of a return."""
    given = body()
    only(given, "lines")
    with unit_of_work() as session:
        case = find_in(session, _shop(session), Return, number, "return")
        take_out(session, case, pairs(given, "lines", "line"))
        return jsonify(return_moved_body(case))


@blueprint.post("/returns/<int:number>/<decision>")
def post_decision(number: int, decision: str) -> Response:
    """Approve, decline, cancel, close or reopen."""
    given = body()
    only(given, "reason", "note")
    with unit_of_work() as session:
        case = find_in(session, _shop(session), Return, number, "return")
        move_return(session, case, decision, reason=words(given, "reason") or "other", note=words(given, "note") or "")
        return jsonify(return_moved_body(case))


def _shop(session: Session) -> Shop:
    return find_shop(session, request.args.get("shop", DEFAULT_SHOP))
