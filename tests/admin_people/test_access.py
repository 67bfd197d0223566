"""Who may see these pages: the shop's own merchant; not the neighbour, not whoever has no token."""

import pytest

from tests.admin_people import stories

BEYOND = (10**9, 2**63, 10**30)


@pytest.fixture
def theirs(neighbour):
    """Ids of another shop, each with a canary behind it."""
    stories.starts(neighbour)
    order = neighbour.order("Canary", placed=9, sent=8, arrived=5, recipient_name="Canary")
    return {
        "customer": stories.person_of(neighbour, order),
        "order": order,
        "follow_up": stories.row_of(neighbour, order, "review_request").id,
        "review": stories.reviews(neighbour, order, 4, "Canary words"),
        "request": 1,
    }


READ = ["/customers/{customer}", "/customers/orders/{order}", "/follow-ups/{follow_up}/why",
        "/settings/requests/{request}/download"]  # fmt: skip
WRITE = ["/customers/{customer}/pause", "/customers/{customer}/resume", "/reviews/{review}/publish",
         "/reviews/{review}/hide"]  # fmt: skip
LISTS = ["/customers", "/customers?q=canary", "/reviews", "/reviews?state=published", "/settings"]
NOTHING = "There is nothing here."


@pytest.mark.parametrize("path", READ)
def test_another_shops_ids_are_one_404_without_a_byte_of_theirs(merchant, theirs, path):
    for answer in (merchant.fetch(path.format(**theirs)), merchant.open(path.format(**theirs))):
        assert answer.status_code == 404
        assert NOTHING in answer.text
        assert "canary" not in answer.text.lower()
    unknown = merchant.fetch(path.format(**dict.fromkeys(theirs, BEYOND[0])))
    assert unknown.text == merchant.fetch(path.format(**theirs)).text


@pytest.mark.parametrize("path", WRITE)
def test_nothing_of_another_shop_is_changed(merchant, theirs, path):
    for ids in (theirs, *(dict.fromkeys(theirs, beyond) for beyond in BEYOND)):
        answer = merchant.post(path.format(**ids), days="7", reason="spam")
        assert answer.status_code == 404, ids
        assert "canary" not in answer.text.lower()


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("beyond", BEYOND)
def test_ids_beyond_any_are_404(merchant, path, beyond):
    assert (
        merchant.fetch(path.format(**dict.fromkeys(("customer", "order", "follow_up", "request"), beyond))).status_code
        == 404
    )


@pytest.mark.parametrize("path", LISTS)
def test_lists_show_the_shops_own_alone(merchant, theirs, path):
    answer = merchant.fetch(path)
    assert answer.status_code == 200
    assert "canary" not in answer.text.lower().replace("“canary”", "").replace('value="canary"', "").replace(
        "q=canary", ""
    )


@pytest.mark.parametrize("path", [*LISTS, *(path.format(customer=1, order=1, follow_up=1, request=1) for path in READ)])
def test_without_a_token_a_document_bounces_and_a_fetch_is_told(merchant, path):
    bounced = merchant.client.get(path)
    assert bounced.status_code == 302
    assert bounced.headers["Location"].startswith("/auth/patch-id-token")
    told = merchant.client.get(path, headers={"HX-Request": "true"})
    assert told.status_code == 401
    assert told.headers["X-Shopify-Retry-Invalid-Session-Request"] == "1"


@pytest.mark.parametrize("path", [*(path.format(customer=1, review=1) for path in WRITE), "/settings/stars"])
def test_nothing_is_done_without_a_token(merchant, path):
    assert merchant.client.post(path).status_code == 401
    assert merchant.client.post(path, headers=merchant.forged()).status_code == 401
