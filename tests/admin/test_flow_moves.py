"""Another version for runs under way: what is shown is what is done, message by message. And bundles, byte for byte."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app.flows.language.forms import WrongFlow, canonical, flow_document, flow_json
from app.flows.language.presets import classic_five
from app.flows.models import Enrollment, Flow, FlowVersion, FollowUp, FollowUpState
from app.flows.planning.publishing.bundle import export_flows, import_flows
from app.flows.planning.publishing.save_flow import foresee_flow, save_flow
from app.flows.planning.publishing.switch_flow import delete_flow, switch_on
from app.flows.planning.runs import look
from app.kit.errors import Invalid, NotFound
from tests.admin.flow_documents import document, running, runs, save, send, stranded, wait
from tests.as_written import rewrite

DAY = timedelta(days=1)


def shown(merchant, *steps, **changes):
    with merchant.work() as session:
        told = foresee_flow(session, flow_document(document(*steps, **changes)))
        return [(each.kind, each.order.name, each.step, each.before, each.after, each.reason) for each in told.shifts]


def moved(merchant, *steps, **changes):
    told = save(merchant, *steps, move=True, **changes)
    return [(each.kind, each.order.name, each.step, each.run.version, each.after) for each in told.shifts]


def planned(merchant):
    """What stands, by (order, step): when it is due, or why it is over."""
    return {
        key: row.due_at if row.state is not FollowUpState.DONE else row.reason for key, row in merchant.plans().items()
    }


def test_a_new_version_leaves_running_enrollments_where_they_are(merchant):
    running(merchant, send("care_mail", delay_days=5))
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    before = planned(merchant)
    save(merchant, send("care_mail", delay_days=9))
    merchant.told(runs(merchant)[0].order_id)
    assert planned(merchant) == before
    assert [run.version for run in runs(merchant)] == [1]
    merchant.order("Bela", placed=3, sent=2, arrived=0)
    assert planned(merchant)["#1402", "care_mail"] == merchant.now + 9 * DAY
    assert [run.version for run in runs(merchant)] == [1, 2]


def test_moving_shows_dates_before_and_after_and_does_that(merchant):
    running(merchant, send("stays", delay_days=4), send("moves", delay_days=5), send("goes", delay_days=6))
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    now = merchant.now
    steps = [send("stays", delay_days=4), send("moves", delay_days=8), send("comes", delay_days=7)]
    assert [each[:1] + each[2:] for each in shown(merchant, *steps)] == [
        ("dropped", "goes", now + 6 * DAY, None, "step_gone"),
        ("added", "comes", None, now + 7 * DAY, None),
        ("moved", "moves", now + 5 * DAY, now + 8 * DAY, None),
    ]
    before = planned(merchant)
    assert sorted(before.values()) == [now + 4 * DAY, now + 5 * DAY, now + 6 * DAY]
    assert [each[2] for each in moved(merchant, *steps)] == ["goes", "comes", "moves"]
    assert planned(merchant) == {
        ("#1401", "stays"): now + 4 * DAY,
        ("#1401", "moves"): now + 8 * DAY,
        ("#1401", "goes"): "step_gone",
        ("#1401", "comes"): now + 7 * DAY,
    }
    assert [run.version for run in runs(merchant)] == [2]
    assert shown(merchant, *steps) == []
    gone = merchant.plans()["#1401", "goes"]  # its version is over, and it still can be asked about
    assert "no longer part of the flow" in merchant.fetch(f"/follow-ups/{gone.id}/why").text
    moved(merchant, send("comes", delay_days=7))
    assert merchant.fetch(f"/follow-ups/{gone.id}/why").status_code == 200
    merchant.told(runs(merchant)[0].order_id)
    assert planned(merchant)["#1401", "goes"] == "step_gone"


def test_a_message_whose_time_has_passed_is_not_sent_late_because_a_flow_got_it(merchant):
    running(merchant, send("care_mail", delay_days=9))
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    merchant.pass_time(days=3)
    moved(merchant, send("care_mail", delay_days=9), send("early", delay_days=1))
    assert planned(merchant)["#1401", "early"] == "added_later"


def test_what_now_stands_behind_a_wait_is_planned_when_the_run_comes_to_it(merchant):
    running(merchant, send("care_mail", delay_days=9))
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    steps = [wait("pause", 2), send("care_mail", delay_days=9)]
    assert [each[0] for each in shown(merchant, *steps)] == ["later"]
    moved(merchant, *steps)
    assert planned(merchant) == {}
    assert runs(merchant)[0].look_at == merchant.now + 2 * DAY
    merchant.pass_time(days=2)
    look.run_due(merchant.wired)
    assert planned(merchant) == {("#1401", "care_mail"): merchant.now + 7 * DAY}


STEPS = st.lists(
    st.sampled_from(["a", "b", "c"]).flatmap(
        lambda key: (
            st.integers(0, 9).map(lambda days: send(key, delay_days=days))
            | st.integers(1, 5).map(lambda days: wait(f"wait_{key}", days))
        )
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda step: step["key"],
).filter(lambda steps: any(step["type"] == "send" for step in steps))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=STEPS, second=STEPS, hours=st.integers(0, 300), seed=st.integers(0, 99))
def test_whatever_two_versions_say_what_is_shown_is_done(merchant, first, second, hours, seed):
    key = f"care{seed}"
    with merchant.work() as session:
        session.execute(delete(Enrollment))
        session.execute(delete(FlowVersion))
        session.execute(delete(Flow))
    running(merchant, *first, key=key)
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    merchant.order("Dai", placed=3, sent=2, arrived=0, country="JP")
    merchant.pass_time(hours=hours)
    told = shown(merchant, *second, key=key)
    before = planned(merchant)
    moved(merchant, *second, key=key)
    expected = dict(before)
    for kind, order, step, _, after, reason in told:
        if kind == "later":
            del expected[order, step]
        else:
            expected[order, step] = after if reason is None else str(reason)
    assert planned(merchant) == expected
    assert shown(merchant, *second, key=key) == []
    assert stranded(merchant) == []


def test_a_flow_that_has_run_keeps_its_subject_and_cannot_be_deleted(merchant):
    save(merchant, key="other")
    with merchant.work() as session:
        delete_flow(session, "other")
    running(merchant)
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    with pytest.raises(WrongFlow, match=r"trigger\.on: Runs of this flow are about one fulfillment"):
        save(merchant, on="placed")
    with merchant.work() as session, pytest.raises(Invalid, match="has run"):
        delete_flow(session, "care")
    with merchant.work() as session, pytest.raises(NotFound):
        delete_flow(session, "parcel")
    assert {flow.key for (flow,) in merchant.rows(select(Flow))} == {"order", "parcel", "care"}


def test_a_message_key_belongs_to_one_flow(merchant):
    with pytest.raises(WrongFlow, match=r"Order news.*has a message of this key"):
        save(merchant, send("thank_you"))


def test_a_flow_that_lacks_its_mail_is_saved_and_not_switched_on(merchant):
    save(merchant, send("care_mail", template="not_written_yet"))
    with merchant.work() as session, pytest.raises(WrongFlow, match="There is no mail named not_written_yet"):
        switch_on(session, "care", by="user:7")


def test_export_wipe_import_export_is_equal_to_the_byte(merchant):
    save(merchant, send("first"), wait("pause", 3), send("second", window={"from_hour": 9, "to_hour": 17}))
    with merchant.work() as session:
        text = export_flows(session)
    assert text == canonical(json.loads(text))
    with merchant.work() as session:
        session.execute(delete(FlowVersion))
        session.execute(delete(Flow))
    with merchant.work() as session:
        assert [each.is_new for each in import_flows(session, text, by="import").flows] == [True] * 3
    with merchant.work() as session:
        assert export_flows(session) == text
        assert not any(each.changes for each in import_flows(session, text, by="import").flows)
    assert {row.number for (row,) in merchant.rows(select(FlowVersion))} == {1}
    assert {flow.state.value for (flow,) in merchant.rows(select(Flow))} == {"paused"}


def test_a_wrong_flow_in_a_bundle_changes_nothing_and_says_where(merchant):
    wrong = document(send("care_mail", delay_days=500))
    text = canonical({"kind": "welltimed.flows", "format": 1, "flows": [document(key="fine"), wrong]})
    with merchant.work() as session, pytest.raises(WrongFlow) as refused:
        import_flows(session, text, by="import")
    assert refused.value.errors == {
        "flows.care.steps.care_mail.delay_days": "Delay must be 0 to 90 days. You entered 500."
    }
    for text, sentence in [
        ("{", "This is not JSON from line 1, column 2 on."),
        ("[" * 100_000, "Brackets stand in each other too deep."),
        ('{"kind": "else"}', "Expected a bundle of kind welltimed.flows, format 1."),
    ]:
        with merchant.work() as session, pytest.raises(WrongFlow) as refused:
            import_flows(session, text, by="import")
        assert list(refused.value.errors.values()) == [sentence]
    assert len(merchant.rows(select(Flow))) == 2


def test_the_commands_round_trip_and_say_what_would_change(merchant, tmp_path):
    runner = merchant.wired.parts["flask"].test_cli_runner()
    shop = ["--shop", merchant.domain]
    running(merchant, send("care_mail", delay_days=5))
    merchant.order("Ana", placed=3, sent=2, arrived=0)
    file = tmp_path / "flows.json"
    assert runner.invoke(args=["export", *shop, str(file)]).output == ""
    assert runner.invoke(args=["export", *shop]).output == file.read_text(encoding="utf-8")
    again = runner.invoke(args=["import", *shop, str(file)])
    assert again.output.splitlines() == [
        "care (Care): nothing changes",
        "order (Order news): nothing changes",
        "parcel (Parcel news and questions): nothing changes",
    ]
    file.write_text(file.read_text(encoding="utf-8").replace('"delay_days": 5', '"delay_days": 6'), encoding="utf-8")
    dry = runner.invoke(args=["import", *shop, "--dry-run", str(file)])
    assert dry.output.splitlines()[0] == "care (Care): a new version; with --move, 1 planned message moves"
    assert runner.invoke(args=["import", *shop, "--dry-run", str(file)]).output == dry.output
    done = runner.invoke(args=["import", *shop, "--move", str(file)])
    assert done.output.splitlines()[0] == "care (Care): a new version published; 1 planned message moves"
    assert planned(merchant)["#1401", "care_mail"] == merchant.now + 6 * DAY
    refused = runner.invoke(args=["import", "--shop", "nobody.myshopify.com", str(file)])
    assert refused.exit_code == 2
    file.write_bytes(b"\xff\xfe")
    assert "not UTF-8" in runner.invoke(args=["import", *shop, str(file)]).output


def test_versions_of_the_first_format_are_read_for_ever(merchant):
    order, _ = classic_five(shopify_sends_shipping_mails=True)
    old = {
        "key": "order", "subject": "order", "steps": [{
            "key": "thank_you", "topic": "order", "message_class": "transactional", "goal": order.sends[0].goal,
            "anchor": "order_placed", "delay_days": 0, "max_age_days": 2, "arrival": "not_needed", "window": None,
            "fallback_days": None, "state": "on",
        }],
    }  # fmt: skip
    assert flow_document(old) == order
    with merchant.work() as session:
        flow = session.scalars(select(Flow).where(Flow.key == "order")).one()
        put = {"document": "cast(:old as jsonb)"}
        rewrite(session, "flow_version", put, "flow_id = :flow", flow=flow.id, old=json.dumps(old))
        assert not save_flow(session, flow_document(flow_json(order)), by="x", move=True).changes
    assert merchant.rows(select(FollowUp)) == []
