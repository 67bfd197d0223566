"""Documents that are refused with a sentence at the field, wherever they come in: page, check and import."""

import json

import pytest
from sqlalchemy import delete, select

from app.flows.language.forms import WrongFlow, canonical, flow_document, flow_json
from app.flows.language.looking_back import DOCUMENT as LOOKING_BACK
from app.flows.language.presets import classic_five
from app.flows.models import Flow, FlowState, FlowVersion
from app.flows.planning.by_hand.start import Choice, start
from app.flows.planning.look_back import campaign
from app.flows.planning.publishing.bundle import export_flows, import_flows
from tests.admin.flow_documents import document, keep, running, save, send, wait
from tests.admin.refused import count

ASK = {
    "template": "review_request", "topic": "review_ask", "message_class": "review_ask", "anchor": "delivered",
    "arrival": "likely", "delay_days": 7, "fallback_days": 21,
}  # fmt: skip


def refused(merchant, tmp_path, text):
    """Bring a text in by every door; return what each says, after seeing that none kept anything."""
    before = count(merchant, Flow)
    answers = [merchant.post(path, document=text) for path in ("/flow/check", "/flow")]
    assert [answer.status_code for answer in answers] == [422, 422]
    file = tmp_path / "flows.json"
    file.write_text(f'{{"kind": "welltimed.flows", "format": 1, "flows": [{text}]}}', encoding="utf-8")
    command = (
        merchant.wired.parts["flask"].test_cli_runner().invoke(args=["import", "--shop", merchant.domain, str(file)])
    )
    assert command.exit_code != 0
    assert not isinstance(command.exception, ValueError | KeyError | TypeError), command.exception
    assert count(merchant, Flow) == before
    return [*(answer.text for answer in answers), command.output]


NOT_ALLOWED = [
    (
        {"steps": [send("ask", **ASK | {"message_class": "transactional"})]},
        "steps.ask.message_class: Under the topic review_ask the message class must be review_ask.",
    ),
    (
        {"steps": [send("ask", **ASK | {"message_class": "mixed"})]},
        "steps.ask.message_class: Under the topic review_ask the message class must be review_ask.",
    ),
    (
        {"steps": [send("ask", **ASK | {"topic": "order", "message_class": "transactional"})]},
        "steps.ask.topic: The mail review_request goes under the topic review_ask. You entered order.",
    ),
    (
        {"steps": [send("help", template="product_help")]},
        "steps.help.topic: The mail product_help goes under the topic product_help. You entered order.",
    ),
    (
        {"exit": {"on": ["refunded", "delivered"]}},
        "exit.on: What starts a run cannot end it too. Leave it out.",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), NOT_ALLOWED)
def test_what_may_not_be_published_is_refused_at_every_door(merchant, tmp_path, changes, sentence):
    for told in refused(merchant, tmp_path, json.dumps(document() | changes)):
        assert sentence in told


@pytest.mark.parametrize(("changes", "sentence"), NOT_ALLOWED)
def test_one_kept_from_before_is_read_and_not_switched_on(merchant, changes, sentence):
    steps = changes.get("steps", [])
    keep(merchant, *steps, **{name: value for name, value in changes.items() if name != "steps"})
    because = sentence.partition(": ")[2]
    assert because in merchant.fetch("/flow/care").text
    answer = merchant.post("/flow/care/switch", state="on")
    assert answer.status_code == 422
    assert because in answer.text
    ((state,),) = merchant.rows(select(Flow.state).where(Flow.key == "care"))
    assert state is FlowState.PAUSED


def test_a_review_request_of_its_own_class_is_published(merchant):
    save(merchant, send("ask", **ASK))
    kept = flow_json(flow_document(document(send("ask", **ASK))))
    assert "Nothing was changed" in merchant.post("/flow", document=json.dumps(kept)).text


def test_a_flow_that_was_started_is_not_published_with_a_mail_there_is_not(merchant, tmp_path):
    running(merchant, send("care_mail"))
    assert merchant.post("/flow/care/switch", state="off").status_code == 200
    parcel = flow_json(classic_five(shopify_sends_shipping_mails=True)[1])
    parcel["steps"][3]["template"] = "thank_yuo"
    for document_, step in [
        (document(send("care_mail", template="thank_yuo")), "care_mail"),
        (parcel, "review_request"),
    ]:
        for told in refused(merchant, tmp_path, json.dumps(document_)):
            assert f"steps.{step}.template: There is no mail named thank_yuo. There are delivered, " in told
    ((version,),) = merchant.rows(select(Flow.version).where(Flow.key == "care"))
    assert version == 1


def test_the_pages_of_a_message_kept_with_a_mail_there_is_not_say_so(merchant):
    keep(merchant, send("care_mail", template="thank_yuo"))
    order = merchant.order("Ana", placed=3, sent=2, arrived=0)
    for path in ("/flows/care_mail", "/flows/care_mail/preview", f"/flows/care_mail/preview?order={order}&arm=A"):
        answer = merchant.fetch(path)
        assert answer.status_code == 200
        assert "There is no mail named thank_yuo. There are delivered, " in answer.text
    assert "There is no mail named thank_yuo." in merchant.post("/flows/care_mail/send-me").text


def test_the_key_of_the_question_about_past_orders_is_taken(merchant, tmp_path):
    for told in refused(merchant, tmp_path, json.dumps(document(key="look_back"))):
        assert "key: The key look_back is kept for the question about past orders. Choose another." in told


def test_a_shop_with_a_campaign_exports_and_imports_what_is_its_own(merchant):
    with merchant.work() as session:
        start(session, Choice(shopify_sends_shipping_mails=False), by="user:7")
    with merchant.work() as session:
        campaign.begin(session, months=3, daily_cap=10, by="user:7")
    with merchant.work() as session:
        text = export_flows(session)
        assert [each["key"] for each in json.loads(text)["flows"]] == ["order", "parcel"]
        older = json.loads(text) | {"flows": [flow_json(LOOKING_BACK)]}  # as a bundle from before carries it
        for bundle in (text, canonical(older)):
            assert not any(each.changes for each in import_flows(session, bundle, by="import").flows)


@pytest.mark.parametrize("wait_first", [True, False])
def test_a_wait_and_a_message_of_one_key_come_back_from_an_export(merchant, wait_first):
    waits = {"key": "patient", "steps": [wait("pause", 2), send("patient_mail")]}
    says = {"key": "brief", "steps": [send("pause")]}
    for flow in (waits, says) if wait_first else (says, waits):
        save(merchant, *flow["steps"], key=flow["key"])
    with merchant.work() as session:
        text = export_flows(session)
        assert not any(each.changes for each in import_flows(session, text, by="import").flows)
        session.execute(delete(FlowVersion))
        session.execute(delete(Flow))
        import_flows(session, text, by="import")
        assert export_flows(session) == text


def test_two_flows_of_a_bundle_with_a_message_of_one_key_are_refused(merchant):
    flows = [document(send("same"), key="one"), document(send("same"), key="two")]
    text = canonical({"kind": "welltimed.flows", "format": 1, "flows": flows})
    with merchant.work() as session, pytest.raises(WrongFlow) as wrong:
        import_flows(session, text, by="import")
    assert wrong.value.errors == {"flows.two.steps.same.key": "Another flow has a message of this key."}


ODD = [
    ('"delay_days": 0', '"delay_days": 1e400', "steps.care_mail.delay_days: Delay must be 0 to 90 days."),
    ('"delay_days": 0', f'"delay_days": {"9" * 5_000}', "steps.care_mail.delay_days: Delay must be 0 to 90 days."),
    ('"format": 2', '"format": 1e400', "format: This program reads format 2. You entered inf."),
    ('"value": 50', f'"value": {"9" * 400}', "trigger.filter.value: Expected a number."),
    ('"value": 50', '"value": 1e400', "trigger.filter.value: Expected a number. You entered inf."),
    ('"value": 50', '"value": NaN', "trigger.filter.value: Expected a number. You entered nan."),
    ('"value": 50', '"value": "\\ud800"', "trigger.filter.value: Expected a number."),
    ('"order_total"', '"\\ud800"', "trigger.filter.fact: There is no such fact."),
    ('"Care"', '"Ca\\ud800re"', "name: Name holds a character that cannot be kept."),
    ('"Care"', '"Ca\\u0000re"', "name: Name holds a character that cannot be kept."),
    ('"Care"', f"{'9' * 5_000}", "name: Name is missing."),
    ('"The buyer knows."', '"a\\u0000b"', "steps.care_mail.goal: Reason to exist holds a character"),
    ('"The buyer knows."', '"a\\udfffb"', "steps.care_mail.goal: Reason to exist holds a character"),
    ('"care_mail"', '"a\\ud800"', "Key takes small letters, digits and _, 40 at most."),
    ('"care"', '"a\\ud800"', "key: Key takes small letters, digits and _, 40 at most."),
    ('"goal"', '"go\\ud800al"', "There is no such field here."),
    ('"order"', '"\\ud800"', "steps.care_mail.topic: Topic must be one of"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), ODD)
def test_what_no_field_can_hold_is_refused_at_the_field(merchant, tmp_path, old, new, sentence):
    dear = {"on": "delivered", "filter": {"fact": "order_total", "op": "at_least", "value": 50}}
    text = json.dumps(document(on=dear))
    assert old in text
    for told in refused(merchant, tmp_path, text.replace(old, new)):
        assert sentence in told


def test_a_bare_number_of_any_length_is_no_document(merchant, tmp_path):
    for told in refused(merchant, tmp_path, "9" * 5_000):
        assert "Expected a set of named fields." in told
