"""Search: by name, address and order number; paged; never beyond the shop."""

import pytest

from app.customers.models import Customer
from tests.admin_people.stories import is_called, words


def found(merchant, q, **more):
    answer = merchant.client.get("/customers", query_string={"q": q} | more, headers=merchant.headers())
    assert answer.status_code == 200
    return words(answer.text)


@pytest.mark.parametrize(
    "q",
    [
        *("ana", "Ana", "FERREIRA", "ferr", "ana ferr", "ferreira ana"),
        *("ana1@example.com", "ana1@", "#1401", "1401", " 1401 "),
    ],
)
def test_a_person_is_found_by(merchant, q):
    merchant.order("Ana")
    is_called(merchant, merchant.order("Bernd"), "Bernd", "Weber")
    told = found(merchant, q)
    assert "Ana Ferreira" in told
    assert "Bernd" not in told


@pytest.mark.parametrize("q", ["na", "ana bernd", "14", "%", "_na", "\\", "zed\0", "'", "ana\0ferreira x", "nobody@x"])
def test_nobody_is_found_by(merchant, q):
    merchant.order("Ana")
    assert "Ana Ferreira" not in found(merchant, q)


def test_a_name_of_several_words_is_found_by_its_beginnings(merchant):
    is_called(merchant, merchant.order(), "Ana Maria", "de la Cruz")
    for q in ("ana maria de la", "de la cruz ana", "ana maria", "de la"):
        assert "Ana Maria de la Cruz" in found(merchant, q), q


def test_without_a_question_the_newest_come_first_and_pages_follow(merchant):
    with merchant.work() as session:
        session.add_all(
            Customer(shop_id=merchant.id, shopify_id=n, email=f"p{n}@example.com", first_name=f"Person{n:02}")
            for n in range(1, 61)
        )
    first, last = found(merchant, ""), found(merchant, "", page=3)
    assert "Person60" in first
    assert "Person36" in first
    assert "Person35" not in first
    assert "Person10" in last
    assert "Person01" in last
    assert "Next" in first
    assert "Previous" not in first
    assert "Previous" in last
    assert "Next" not in last
    assert "There is nobody further down." in found(merchant, "", page=4)


def test_a_person_is_told_with_their_orders(merchant):
    merchant.order("Ana", placed=3)
    assert "#1401 on Tuesday 17 November" in found(merchant, "ana")


def test_an_order_nobody_is_known_behind_is_found_by_its_number(merchant):
    merchant.order("Ana", customer_id=None, email=None, recipient_name=None, name="#77")
    told = found(merchant, "77")
    assert "the buyer of #77" in told


@pytest.mark.parametrize(
    ("query", "field"),
    [({"q": "x" * 101}, "q"), ({"page": "0"}, "page"), ({"page": "x"}, "page"), ({"page": "9" * 40}, "page"),
     ({"page": "²"}, "page")],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(merchant, query, field):
    headers = merchant.headers() | {"Accept": "application/json"}
    answer = merchant.client.get("/customers", query_string=query, headers=headers)
    assert answer.status_code == 422
    assert answer.json["error"]["field"] == field
    assert merchant.client.get("/customers", query_string=query, headers=merchant.headers()).status_code == 422


def test_another_shops_people_are_not_found(merchant, neighbour):
    neighbour.order("Canary")
    for q in ("", "canary", "1401", "canary1@example.com"):
        assert "Canary" not in found(merchant, q).replace(f"“{q}”", "")


def test_nobody_yet_is_said(merchant):
    assert "No customers yet." in found(merchant, "")
    assert "Nobody is found under “zed”" in found(merchant, "zed")
