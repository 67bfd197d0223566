"""Metafields and metaobjects as the app writes them and the storefront reads them."""

import json
from decimal import Decimal

import pytest

from app.shopify import documents
from devstore.platform.announce import grant, install_app
from devstore.platform.install import shop_by_handle
from devstore.state.engine import unit_of_work
from devstore.state.models import gid
from devstore.world.customers import create_customer
from devstore.world.products import create_product
from tests.devstore_platform.conftest import SHOP, ask, exchange

SUMMARY = {"type": "$app:review_summary", "handle": "42"}
STARS = json.dumps({"value": "4.5", "scale_min": "1.0", "scale_max": "5.0"})


@pytest.fixture
def token(installed):
    return exchange(installed).json["access_token"]


@pytest.fixture
def product(installed):
    with unit_of_work() as session:
        shop = shop_by_handle(session, SHOP)
        made = create_product(session, shop, {"handle": "kettle", "title": "Kettle"}, [{"price": Decimal(40)}])
        grant(session, shop, ["write_products"])
        return gid("Product", made.id)


def call(client, token, name, /, **variables):
    answer = ask(client, token, documents.text(name), **variables)
    assert answer.status_code == 200
    return answer.json


def rating(product, **changes):
    return {"ownerId": product, "namespace": "reviews", "key": "rating", "type": "rating", "value": STARS} | changes


def set_fields(client, token, *metafields):
    return call(client, token, "metafields_set", metafields=list(metafields))["data"]["metafieldsSet"]


def test_a_rating_is_written_and_read_back(installed, token, product):
    count = {"ownerId": product, "namespace": "reviews", "key": "rating_count", "type": "number_integer", "value": "2"}
    written = set_fields(installed, token, rating(product), count)
    assert written["userErrors"] == []
    read = call(installed, token, "product_rating", id=product)["data"]["product"]
    assert json.loads(read["rating"]["value"])["value"] == "4.5"
    assert read["ratingCount"]["value"] == "2"
    assert read["rating"]["compareDigest"] == written["metafields"][0]["compareDigest"]


def test_compare_and_set_refuses_what_somebody_else_has_changed(installed, token, product):
    first = set_fields(installed, token, rating(product, compareDigest=None))["metafields"][0]["compareDigest"]
    other = STARS.replace("4.5", "3.0")
    second = set_fields(installed, token, rating(product, value=other, compareDigest=first))
    assert second["userErrors"] == []
    for digest in (first, None):
        stale = set_fields(installed, token, rating(product, compareDigest=digest))
        assert [error["code"] for error in stale["userErrors"]] == ["STALE_OBJECT"]
    read = call(installed, token, "product_rating", id=product)["data"]["product"]
    assert json.loads(read["rating"]["value"])["value"] == "3.0"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"value": ""}, "BLANK"),
        ({"value": "five"}, "INVALID_VALUE"),
        ({"value": STARS.replace("4.5", "6.0")}, "INVALID_VALUE"),
        ({"type": "number_integer", "value": "4.5"}, "INVALID_VALUE"),
        ({"type": "number_integer", "value": "9" * 30}, "INVALID_VALUE"),
        ({"type": "json", "value": "{"}, "INVALID_VALUE"),
        ({"type": "list.url", "value": '["ftp"]'}, "INVALID_VALUE"),
        ({"type": "banana"}, "INCLUSION"),
        ({"type": None}, "BLANK"),
        ({"ownerId": "gid://shopify/Product/1"}, "INVALID"),
        ({"ownerId": "nonsense"}, "INVALID"),
        ({"namespace": "app--1--other"}, "APP_NOT_AUTHORIZED"),
    ],
)
def test_one_bad_entry_stops_them_all(installed, token, product, changes, code):
    good = rating(product, key="other")
    answer = set_fields(installed, token, good, rating(product) | changes)
    assert [error["code"] for error in answer["userErrors"]] == [code]
    assert answer["userErrors"][0]["field"][:2] == ["metafields", "1"]
    read = ask(
        installed, token, "query ($id: ID!) { product(id: $id) { metafields(first: 5) { nodes { key } } } }", id=product
    )
    assert read.json["data"]["product"]["metafields"]["nodes"] == []


def test_more_than_twenty_five_are_refused(installed, token, product):
    many = [rating(product, key=f"k{number}") for number in range(26)]
    assert set_fields(installed, token, *many)["userErrors"][0]["code"] == "LESS_THAN_OR_EQUAL_TO"


def test_a_definition_decides_the_type(installed, token, product):
    enabled = call(
        installed, token, "standard_metafield_enable", ownerType="PRODUCT", namespace="reviews", key="rating"
    )
    again = call(installed, token, "standard_metafield_enable", ownerType="PRODUCT", namespace="reviews", key="rating")
    assert enabled["data"] == again["data"]
    assert set_fields(installed, token, rating(product, type=None))["userErrors"] == []
    wrong = set_fields(installed, token, rating(product, type="json"))
    assert wrong["userErrors"][0]["code"] == "INVALID_TYPE"
    missing = call(installed, token, "standard_metafield_enable", ownerType="PRODUCT", namespace="reviews", key="mood")
    assert missing["data"]["standardMetafieldDefinitionEnable"]["userErrors"][0]["code"] == "TEMPLATE_NOT_FOUND"


@pytest.mark.parametrize("owner", ["product", "customer"])
def test_writing_on_an_owner_takes_its_scope(installed, token, owner):
    with unit_of_work() as session:
        shop = shop_by_handle(session, SHOP)
        made = {
            "product": lambda: gid(
                "Product", create_product(session, shop, {"handle": "m", "title": "M"}, [{"price": 1}]).id
            ),
            "customer": lambda: gid("Customer", create_customer(session, shop, {"email": "a@example.com"}).id),
        }[owner]()
    answer = call(installed, token, "metafields_set", metafields=[rating(made)])
    assert answer["data"]["metafieldsSet"] is None
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert f"write_{owner}s" in answer["errors"][0]["message"]


def upsert(client, token, /, handle=SUMMARY, **fields):
    given = {"fields": [{"key": key, "value": value} for key, value in fields.items()]}
    return call(client, token, "metaobject_upsert", handle=handle, metaobject=given)["data"]["metaobjectUpsert"]


def test_a_summary_is_the_apps_own_and_takes_no_scope(installed, token):
    made = upsert(installed, token, product_id="42", rating=STARS, rating_count="2")
    assert made["userErrors"] == []
    assert made["metaobject"]["type"].startswith("app--")
    read = call(installed, token, "metaobject", handle=SUMMARY)["data"]["metaobjectByHandle"]
    fields = {field["key"]: field["value"] for field in read["fields"]}
    assert (fields["rating_count"], fields["histogram"]) == ("2", None)
    definition = call(installed, token, "metaobject_definition", type="$app:review_summary")
    assert definition["data"]["metaobjectDefinitionByType"]["access"]["storefront"] == "PUBLIC_READ"


def test_writing_the_same_again_changes_nothing_and_a_part_keeps_the_rest(installed, token):
    first = upsert(installed, token, rating=STARS, rating_count="2")["metaobject"]
    assert upsert(installed, token, rating=STARS, rating_count="2")["metaobject"] == first
    upsert(installed, token, rating_count="3")
    read = call(installed, token, "metaobject", handle=SUMMARY)["data"]["metaobjectByHandle"]
    assert {field["key"]: field["value"] for field in read["fields"] if field["value"]} == {
        "rating": STARS,
        "rating_count": "3",
    }


@pytest.mark.parametrize(
    ("handle", "fields", "code"),
    [
        ({"type": "$app:nothing", "handle": "1"}, {}, "UNDEFINED_OBJECT_TYPE"),
        (SUMMARY, {"mood": "good"}, "UNDEFINED_OBJECT_FIELD"),
        (SUMMARY, {"rating": "4.5"}, "INVALID_VALUE"),
        (SUMMARY, {"rating_count": "two"}, "INVALID_VALUE"),
        (SUMMARY | {"handle": "Not a handle!"}, {}, "INVALID"),
    ],
)
def test_what_the_definition_does_not_allow_is_named(installed, token, handle, fields, code):
    answer = upsert(installed, token, handle=handle, **fields)
    assert answer["metaobject"] is None
    assert [error["code"] for error in answer["userErrors"]] == [code]


def test_a_merchants_own_metaobjects_take_a_scope(installed, token):
    answer = call(installed, token, "metaobject", handle={"type": "lookbook", "handle": "1"})
    assert answer["data"] == {"metaobjectByHandle": None}
    assert "read_metaobjects" in answer["errors"][0]["message"]


def test_a_summary_is_deleted_once(installed, token):
    number = upsert(installed, token, rating_count="1")["metaobject"]["id"]
    assert call(installed, token, "metaobject_delete", id=number)["data"]["metaobjectDelete"]["deletedId"] == number
    again = call(installed, token, "metaobject_delete", id=number)["data"]["metaobjectDelete"]
    assert (again["deletedId"], again["userErrors"][0]["code"]) == (None, "RECORD_NOT_FOUND")
    assert call(installed, token, "metaobject", handle=SUMMARY)["data"]["metaobjectByHandle"] is None


def test_another_shop_sees_nothing_of_it(installed, token):
    upsert(installed, token, rating_count="1")
    with unit_of_work() as session:
        install_app(session, shop_by_handle(session, "fernside-tea"))
    base = "http://fernside-tea.myshopify.com"
    other = exchange(installed, base=base, subject_token=token_for("fernside-tea.myshopify.com")).json["access_token"]
    answer = ask(installed, other, documents.text("metaobject"), base=base, handle=SUMMARY)
    assert answer.json["data"] == {"metaobjectByHandle": None}


def token_for(domain):
    from tests.devstore_platform.conftest import id_token

    return id_token(shop_domain=domain)


def test_a_definition_without_a_configuration_is_made_at_run_time(installed, token):
    wanted = {
        "type": "$app:extra",
        "fieldDefinitions": [{"key": "title", "type": "single_line_text_field", "required": True}],
        "access": {"storefront": "PUBLIC_READ"},
    }
    made = call(installed, token, "metaobject_definition_create", definition=wanted)["data"][
        "metaobjectDefinitionCreate"
    ]
    assert made["userErrors"] == []
    again = call(installed, token, "metaobject_definition_create", definition=wanted)["data"]
    assert again["metaobjectDefinitionCreate"]["userErrors"][0]["code"] == "TAKEN"
    answer = upsert(installed, token, handle={"type": "$app:extra", "handle": "a"})
    assert [error["code"] for error in answer["userErrors"]] == ["OBJECT_FIELD_REQUIRED"]
    fine = upsert(installed, token, handle={"type": "$app:extra", "handle": "a"}, title="Hello")
    assert fine["userErrors"] == []


def test_uninstalling_keeps_what_was_written_for_the_next_time(installed, token):
    upsert(installed, token, rating_count="7")
    with unit_of_work() as session:
        shop = shop_by_handle(session, SHOP)
        shop.installed = False
        session.flush()
        install_app(session, shop)
    fresh = exchange(installed).json["access_token"]
    read = call(installed, fresh, "metaobject", handle=SUMMARY)["data"]["metaobjectByHandle"]
    assert {field["key"]: field["value"] for field in read["fields"]}["rating_count"] == "7"
