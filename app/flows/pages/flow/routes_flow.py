"""`/flow`: a flow as a document. Paste or choose one, see what publishing it does, publish it; switch, delete."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy.orm import Session

from app.experiments import hold_out
from app.flows.facts import published
from app.flows.language.checks import not_ready
from app.flows.language.flow import FlowDocument, Wait, WaitUntil
from app.flows.language.forms import WrongFlow, canonical, change_node, flow_json
from app.flows.language.presets import PRESET_FLOWS
from app.flows.pages.flow import flow_page, wait_form
from app.flows.planning.by_hand.pause import lock_shop
from app.flows.planning.publishing.save_flow import foresee_flow, has_run, save_flow
from app.flows.planning.publishing.switch_flow import delete_flow, switch_off, switch_on
from app.flows.replay.job.begin import DAYS
from app.flows.words.count_words import counted
from app.flows.words.described.flow_words import flow_lines, starts_words
from app.kit.clock import business_now
from app.kit.errors import Invalid, NotFound
from app.messages.mail.preset_list import PRESETS
from app.shopify.entry import app_home
from app.shopify.entry.merchant_session import by_merchant, merchant_session
from app.shops.zone import shop_zone

blueprint = Blueprint("flow", __name__)
app_home.guard(blueprint)


@blueprint.get("/flow")
def show_new() -> str:
    """Show the page for another flow."""
    return render_template("admin/flow/new.html", document="", wrong=[], notice="")


@blueprint.post("/flow/check")
def check() -> Response:
    """Say what publishing the document would do, or what is wrong with it field by field. Changes nothing."""
    text = _given()
    try:
        document = flow_page.typed_document(text)
        with merchant_session() as session:
            told = flow_page.checked(foresee_flow(session, document), business_now(session))
    except WrongFlow as wrong:
        return _refused(text, wrong)
    return make_response(_check_page(text, document, told))


@blueprint.post("/flow")
def publish() -> Response:
    """Publish the document; running enrollments move along only where that was chosen."""
    text, move = request.form.get("document", ""), request.form.get("move", "stay")
    if move not in {"stay", "move"}:
        raise Invalid("Choose whether running enrollments stay or move.", field="move")
    try:
        document = flow_page.typed_document(text)
        with merchant_session() as session:
            saved = save_flow(session, document, by=by_merchant(), move=move == "move")
            notice = "Published." if saved.changes else "Nothing was changed: it stands like that already."
            moved = f" {flow_page.checked(saved, business_now(session)).summary}" if saved.shifts else ""
            page = make_response(_page(session, document.key, notice=notice + moved))
            page.headers["HX-Replace-Url"] = f"/flow/{document.key}"
            return page
    except WrongFlow as wrong:
        return _refused(text, wrong)


@blueprint.get("/flow/<key>/waits/<node>")
def show_wait(key: str, node: str) -> str:
    """Show the fields of one wait."""
    with merchant_session() as session:
        return _wait_page(*_wait_of(session, key, node))


@blueprint.post("/flow/<key>/waits/<node>")
def change_wait(key: str, node: str) -> Response:
    """Say what the flow with the wait as typed would do, and what it moves. Changes nothing."""
    with merchant_session() as session:
        flow, wait = _wait_of(session, key, node)
        try:
            changed = change_node(flow, node, wait_form.typed_wait(request.form, wait))
            told = flow_page.checked(foresee_flow(session, changed), business_now(session))
        except WrongFlow as wrong:
            return make_response(_wait_page(flow, wait, wrong), 422)
        return make_response(_check_page(canonical(flow_json(changed)), changed, told))


@blueprint.get("/flow/<key>")
def show_flow(key: str) -> str:
    """Show one flow: what it does, its switch, its versions, its document."""
    with merchant_session() as session:
        return _page(session, key)


@blueprint.post("/flow/<key>/switch")
def switch(key: str) -> Response:
    """Switch a flow on or off."""
    state = request.form.get("state", "")
    if state not in {"on", "off"}:
        raise Invalid("Choose on or off.", field="state")
    try:
        with merchant_session() as session:
            if state == "off":
                switch_off(session, key, by=by_merchant())
                return make_response(_page(session, key, notice="Off. What is planned waits; nothing is dropped."))
            done = switch_on(session, key, by=by_merchant())
            told = ["On: it takes in what happens from now on."]
            told += [f"{counted(done.released, 'held message goes', 'held messages go')} on."] if done.released else []
            told += [f"{counted(done.left_out, 'message')} over a day late left out."] if done.left_out else []
            return make_response(_page(session, key, notice=" ".join(told)))
    except WrongFlow as wrong:
        with merchant_session() as session:
            return make_response(_page(session, key, wrong=wrong), 422)


@blueprint.post("/flow/<key>/holdout")
def keep_out(key: str) -> Response:
    """Keep so many people in a hundred out of a flow. A hand-off is decided wholly before it or wholly after."""
    percent = hold_out.typed_share(request.form.get("percent", ""), "percent")
    with merchant_session() as session:
        lock_shop(session)
        if key not in published.flows(session):
            raise NotFound
        hold_out.set_share(session, hold_out.of_flow(key), percent, business_now(session))
        whom = f"{percent} % of people are" if percent else "Nobody is"
        return make_response(_page(session, key, notice=f"{whom} kept out of it from now on."))


@blueprint.post("/flow/<key>/delete")
def delete(key: str) -> Response:
    """Delete a flow that never ran."""
    with merchant_session() as session:
        delete_flow(session, key)
    page = make_response(render_template("admin/flow/new.html", document="", wrong=[], notice="Deleted."))
    page.headers["HX-Replace-Url"] = "/flow"
    return page


def _page(session: Session, key: str, *, notice: str = "", wrong: WrongFlow | None = None) -> str:
    found = published.current(session).get(key)
    if found is None:
        raise NotFound
    flow, document = found
    tone, badge = flow_page.state_words(flow)
    own = key not in PRESET_FLOWS
    values: dict[str, Any] = {
        "flow": document,
        "own": own,
        "on": badge == "On",
        "tone": tone,
        "badge": badge,
        "starts": starts_words(document.trigger),
        "lines": flow_lines(document),
        "versions": flow_page.versions(session, flow, shop_zone(session), business_now(session)),
        "document": canonical(flow_json(document)),
        "lacks": _lacks(document) if own else [],
        "deletable": own and not has_run(session, flow),
        "kept_out": flow_page.kept_out(session, key),
        "notice": notice,
        "wrong": flow_page.wrong_fields(wrong) if wrong else [],
    }
    page: str = render_template("admin/flow/flow.html", **values)
    return page


def _check_page(text: str, document: FlowDocument, told: flow_page.Checked) -> str:
    lacks, spans = _lacks(document), list(DAYS.items())
    page: str = render_template(
        "admin/flow/check.html", document=text, flow=document, told=told, lacks=lacks, spans=spans
    )
    return page


def _lacks(document: FlowDocument) -> list[str]:
    """Return why a flow cannot be switched on yet, a sentence each."""
    return list(not_ready(document, PRESETS).values())


def _wait_of(session: Session, key: str, node: str) -> tuple[FlowDocument, Wait | WaitUntil]:
    found = published.current(session).get(key)
    wait = wait_form.find_wait(found[1], node) if found is not None else None
    if found is None or wait is None:
        raise NotFound
    return found[1], wait


def _wait_page(flow: FlowDocument, wait: Wait | WaitUntil, wrong: WrongFlow | None = None) -> str:
    typed = wait_form.wait_values(wait, request.form if wrong else None)
    page: str = render_template(
        "admin/flow/wait.html",
        flow=flow,
        key=wait.key,
        words=next(line.words for line in flow_lines(flow) if line.wait == wait.key),
        typed=typed,
        untils=wait_form.untils(typed.get("until")),
        errors=wait_form.wait_errors(wait, wrong.errors) if wrong else {},
    )
    return page


def _given() -> str:
    """Return what was pasted, or the file that was chosen instead."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return request.form.get("document", "")
    try:
        whole: bytes = file.read(flow_page.LARGEST + 1)
        return whole.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise Invalid("The file is not UTF-8 text.", field="file") from problem


def _refused(text: str, wrong: WrongFlow) -> Response:
    page = render_template("admin/flow/new.html", document=text, wrong=flow_page.wrong_fields(wrong), notice="")
    return make_response(page, 422)
