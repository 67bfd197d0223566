"""A custom app without a deployed shopify.app.toml: the definition reviews need is made at the first token exchange."""

import json
import tomllib
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import delete, select

from app import wiring
from app.kit.clock import real_now
from app.reviews.storefront.define_summary import CALL, define
from app.shopify.asking import gateway, outgoing
from app.shopify.asking.admin import AdminClient
from app.shopify.asking.definitions import declared
from app.shopify.asking.outgoing import NotNow
from app.shopify.entry.token_pair import TokenPair
from app.shopify.models import CallState
from app.shops.arrive import shop_connected
from devstore.platform.tables import Metaobject, MetaobjectDefinition
from devstore.state.engine import unit_of_work
from tests.reviews.store import PRODUCT, calls, retry, say
from tests.storefront.conftest import FIELDS

DONE = (CallState.DONE, None)
SUMMARY = f"review_summary:{PRODUCT}"


def connect(wired, people):
    """Let the merchant's token be exchanged."""
    now = real_now()
    pair = TokenPair(
        "shpua_1", now + timedelta(hours=1), "shprt_1", now + timedelta(days=90), frozenset({"read_orders"})
    )
    shop_connected(wired, people.domain, pair)


def definitions():
    with unit_of_work(announce=False) as session:
        return session.scalars(select(MetaobjectDefinition)).all()


@pytest.fixture
def undeclared(store):
    """The store of a custom app that nobody deployed: none of the file's definitions are there."""
    with unit_of_work(announce=False) as session:
        session.execute(delete(Metaobject))
        session.execute(delete(MetaobjectDefinition))
    return store


def test_what_is_missing_is_made_as_the_file_declares_it(wired, people, undeclared):
    by_deploy = declared("review_summary")
    connect(wired, people)
    outgoing.run_due(wired)
    (made,) = definitions()
    assert calls(people)[CALL] == DONE
    assert {field["key"]: field["type"] for field in made.fields} == by_deploy.fields == FIELDS
    assert (made.admin_access, made.storefront_access) == ("MERCHANT_READ", "PUBLIC_READ")
    assert made.name == "Review summary"


def test_it_is_the_same_as_a_deploy_makes(wired, people, store):
    (deployed,) = definitions()
    facts = (deployed.type, deployed.name, deployed.description, deployed.fields)
    access = (deployed.admin_access, deployed.storefront_access)
    with unit_of_work(announce=False) as session:
        session.execute(delete(MetaobjectDefinition))
    connect(wired, people)
    outgoing.run_due(wired)
    (made,) = definitions()
    assert (made.type, made.name, made.description, made.fields) == facts
    assert (made.admin_access, made.storefront_access) == access


def test_what_the_file_says_of_a_field_is_asked_for():
    with (wiring.ROOT / "shopify.app.toml").open("rb") as file:
        raw = tomllib.load(file)["metaobjects"]["app"]["review_summary"]
    asked = {field["key"]: field for field in declared("review_summary").creation["fieldDefinitions"]}
    assert {key: field["name"] for key, field in raw["fields"].items()} == {key: f["name"] for key, f in asked.items()}
    scale = {one["name"]: one["value"] for one in asked["rating"]["validations"]}
    assert scale == raw["fields"]["rating"]["validations"] == {"scale_min": "1.0", "scale_max": "5.0"}


def test_what_a_deploy_has_made_is_adopted(wired, people, store):
    connect(wired, people)
    outgoing.run_due(wired)
    assert calls(people)[CALL] == DONE
    assert store.times("metaobjectDefinitionCreate") == 0


def test_a_lost_reply_is_adopted(wired, people, undeclared):
    undeclared.lose("metaobjectDefinitionCreate")
    connect(wired, people)
    outgoing.run_due(wired)
    assert calls(people)[CALL] == (CallState.PENDING, "Unreachable")
    retry(wired, people)
    assert len(definitions()) == 1
    assert calls(people)[CALL] == DONE
    assert undeclared.times("metaobjectDefinitionCreate") == 1


def test_every_exchange_looks_again(wired, people, undeclared):
    connect(wired, people)
    outgoing.run_due(wired)
    with unit_of_work(announce=False) as session:
        session.execute(delete(MetaobjectDefinition))  # a merchant can delete it
    connect(wired, people)
    outgoing.run_due(wired)
    assert len(definitions()) == 1


def test_reviews_that_were_refused_for_want_of_it_are_written(web, wired, people, undeclared):
    say(web, people, 5, "Pours well.")
    outgoing.run_due(wired)
    assert calls(people)[SUMMARY] == (CallState.FAILED, "UserErrors")
    connect(wired, people)
    outgoing.run_due(wired)
    assert calls(people) == {CALL: DONE, SUMMARY: DONE}
    assert "Pours well." in undeclared.block("product-reviews")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda row: setattr(row, "fields", row.fields[1:]), "the field product_id is missing"),
        (lambda row: setattr(row, "storefront_access", "NONE"), "storefront access is NONE, not PUBLIC_READ"),
        (
            lambda row: setattr(row, "fields", [each | {"type": "json"} for each in row.fields]),
            "the field rating is json, not rating",
        ),
    ],
    ids=["a field less", "hidden", "other types"],
)
def test_another_shape_is_left_alone_and_said(wired, people, store, change, said):
    with unit_of_work(announce=False) as session:
        change(session.scalars(select(MetaobjectDefinition)).one())
    connect(wired, people)
    outgoing.run_due(wired)
    state, reason = calls(people)[CALL]
    assert state is CallState.FAILED
    assert said in reason
    assert store.times("metaobjectDefinitionCreate") == 0


def test_a_field_more_harms_nobody(wired, people, store):
    with unit_of_work(announce=False) as session:
        row = session.scalars(select(MetaobjectDefinition)).one()
        row.fields = [*row.fields, row.fields[0] | {"key": "mood"}]
    connect(wired, people)
    outgoing.run_due(wired)
    assert calls(people)[CALL] == DONE


class Stub:
    """Answer with the next of some prepared definitions, and refuse to create with a code."""

    def __init__(self, there, code):
        self.there, self.code = list(there), code

    def client(self):
        http = gateway.open_client(None, httpx.MockTransport(self.answer))
        return AdminClient(http, "kiln-and-kettle.myshopify.com", "shpua_1")

    def answer(self, request):
        if "metaobjectDefinitionCreate" in json.loads(request.content)["query"]:
            error = {"field": ["definition"], "message": "", "code": self.code}
            payload = {"metaobjectDefinition": None, "userErrors": [error]}
            return httpx.Response(200, json={"data": {"metaobjectDefinitionCreate": payload}})
        return httpx.Response(200, json={"data": {"metaobjectDefinitionByType": self.there.pop(0)}})


def as_told():
    wanted = declared("review_summary")
    fields = [{"key": key, "type": {"name": kind}} for key, kind in wanted.fields.items()]
    return {"access": {"storefront": wanted.storefront}, "fieldDefinitions": fields}


def test_one_made_by_somebody_else_meanwhile_is_adopted(people):
    with people.work() as session:
        define(session, Stub([None, as_told()], "TAKEN").client(), {"name": "review_summary"})


def test_a_refusal_is_a_reason(people):
    with people.work() as session, pytest.raises(NotNow, match="MAX_DEFINITIONS_EXCEEDED"):
        define(session, Stub([None], "MAX_DEFINITIONS_EXCEEDED").client(), {"name": "review_summary"})


def test_one_that_does_not_show_is_a_reason(people):
    with people.work() as session, pytest.raises(NotNow, match="does not show it"):
        define(session, Stub([None, None], "TAKEN").client(), {"name": "review_summary"})
