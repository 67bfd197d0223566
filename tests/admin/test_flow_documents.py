"""Pages of whole flows: pasted or chosen, checked with what they would change, published, switched, deleted."""

import io
import json
import re

from sqlalchemy import select

from app.flows.language.forms import canonical, flow_json
from app.flows.language.presets import classic_five
from app.flows.models import Flow, FlowState, FlowVersion
from tests.admin.flow_documents import document, running, save, send, wait


def words(answer):
    """The page's text, attributes of elements too."""
    return re.sub(r"\s+", " ", answer.text)


def paste(merchant, path, *steps, move=None, **changes):
    fields = {"document": json.dumps(document(*steps, **changes))} | ({"move": move} if move else {})
    return merchant.post(path, **fields)


def test_the_list_names_the_shops_own_flows_apart_from_the_presets(merchant):
    assert "None yet. A flow of your own starts" in merchant.fetch("/flows").text
    save(merchant, send("first"), wait("pause", 2), send("second"))
    page = words(merchant.fetch("/flows"))
    assert "When a parcel arrives: 2 messages, 1 wait" in page
    assert page.count('href="/flows/first"') == 0  # its messages are on its own page


def test_a_page_says_what_a_flow_does_step_by_step(merchant):
    fork = {
        "type": "branch", "key": "fork", "if": {"fact": "order_total", "op": "at_least", "value": 50},
        "then": [send("rich")], "else": [{"type": "end", "key": "over"}],
    }  # fmt: skip
    until = {"type": "wait_until", "key": "back", "event": "ordered_again", "at_most_days": 9}
    save(
        merchant, wait("pause", 2), until, fork, exit={"on": ["refunded"]}, goal={"event": "reviewed", "window_days": 9}
    )
    page = words(merchant.fetch("/flow/care"))
    for told in (
        "Starts when a parcel arrives.",
        "Ends early when something of the order is refunded.",
        "Is for this: something of the order is reviewed within 9 days. Then it ends.",
        "Waits 2 days.",
        "Waits until the customer orders again, 9 days at most.",
        "Where the order&#39;s total in the shop&#39;s currency is at least 50:",
        "Rich: as soon as a parcel arrives.",
        "Else:",
        "Ends.",
        "Version 1",
    ):
        assert told in page, told
    assert merchant.fetch("/flow/nobody").status_code == 404
    assert "One of the flows a shop starts with" in merchant.fetch("/flow/parcel").text
    assert merchant.fetch("/flows/rich").status_code == 200  # each message has its page, as the presets' have


def test_checking_changes_nothing_and_publishing_does_what_was_shown(merchant):
    running(merchant, send("care_mail", delay_days=5))
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    page = words(paste(merchant, "/flow/check", send("care_mail", delay_days=8)))
    assert "gets a new version" in page
    assert "1 planned message moves." in page
    assert "Care mail · order #1401" in page
    assert "Wednesday 25 November 12:00 in London" in page
    assert "Saturday 28 November 12:00 in London" in page
    assert len(merchant.rows(select(FlowVersion.id))) == 3
    answer = paste(merchant, "/flow", send("care_mail", delay_days=8), move="move")
    assert answer.headers["HX-Replace-Url"] == "/flow/care"
    assert "Published. 1 planned message moves." in words(answer)
    assert (merchant.plans()["#1401", "care_mail"].due_at - merchant.now).days == 8
    assert "Nothing was changed" in words(paste(merchant, "/flow", send("care_mail", delay_days=8), move="move"))
    stays = paste(merchant, "/flow", send("care_mail", delay_days=9))
    assert "Published." in words(stays)
    assert (merchant.plans()["#1401", "care_mail"].due_at - merchant.now).days == 8


def test_a_file_counts_before_what_was_pasted(merchant):
    text = canonical(document(key="filed"))
    answer = merchant.client.post(
        "/flow/check",
        data={"document": "", "file": (io.BytesIO(text.encode()), "flow.json")},
        headers=merchant.headers(),
        content_type="multipart/form-data",
    )
    assert "is new. It comes switched off." in words(answer)
    refused = merchant.client.post(
        "/flow/check",
        data={"file": (io.BytesIO(b"\xff\xfe"), "flow.json")},
        headers=merchant.headers(),
        content_type="multipart/form-data",
    )
    assert refused.status_code == 422


def test_wrong_fields_are_named_and_what_was_pasted_stays(merchant):
    answer = paste(merchant, "/flow", send("care_mail", goal="", delay_days=-1))
    assert answer.status_code == 422
    page = words(answer)
    assert "steps.care_mail.goal: Reason to exist is missing." in page
    assert "steps.care_mail.delay_days: Delay must be 0 to 90 days. You entered -1." in page
    assert "care_mail&#34;" in page
    for text, told in [("", "Paste a flow"), ("{", "This is not JSON"), ("[" * 99_999, "too deep"), ("7", "Expected")]:
        answer = merchant.post("/flow/check", document=text)
        assert answer.status_code == 422
        assert told in answer.text
    assert merchant.post("/flow", document=json.dumps(document()), move="later").status_code == 422
    assert len(merchant.rows(select(Flow))) == 2


def test_switching_and_deleting(merchant):
    save(merchant, send("care_mail", template="unwritten"))
    answer = merchant.post("/flow/care/switch", state="on")
    assert answer.status_code == 422
    assert "There is no mail named unwritten." in answer.text
    paste(merchant, "/flow")
    assert "On: it takes in what happens from now on." in merchant.post("/flow/care/switch", state="on").text
    assert "Off. What is planned waits" in merchant.post("/flow/care/switch", state="off").text
    states = {flow.key: flow.state for (flow,) in merchant.rows(select(Flow))}
    assert states["care"] is FlowState.PAUSED
    assert merchant.post("/flow/care/switch", state="maybe").status_code == 422
    assert merchant.post("/flow/parcel/switch", state="on").status_code == 404
    assert "Deleted." in merchant.post("/flow/care/delete").text
    assert merchant.post("/flow/care/delete").status_code == 404
    running(merchant, key="ran")
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    assert merchant.post("/flow/ran/delete").status_code == 422


def test_a_preset_can_be_changed_as_a_document(merchant):
    parcel = flow_json(classic_five(shopify_sends_shipping_mails=True)[1]) | {"name": "Parcels"}
    page = words(merchant.post("/flow/check", document=json.dumps(parcel)))
    assert "“Parcels” gets a new version." in page
    assert "Published." in merchant.post("/flow", document=json.dumps(parcel)).text
    assert "Parcels" in merchant.fetch("/flow/parcel").text


def test_a_flow_nobody_can_start_yet_says_so_before_anybody_presses(merchant):
    because = "Nobody can answer a survey yet, so this flow would never start."
    fields = {"on": "survey_answered", "key": "answered"}
    assert because in words(paste(merchant, "/flow/check", send("answered_mail"), **fields))
    page = words(paste(merchant, "/flow", send("answered_mail"), **fields))
    assert because in page
    assert "Switch on" not in page
    assert merchant.post("/flow/answered/switch", state="on").status_code == 422
    save(merchant, send("care_mail"))
    assert "Switch on" in words(merchant.fetch("/flow/care"))
