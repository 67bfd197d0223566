"""Every route, asked by whom it belongs to, by somebody else, and by nobody."""

import pytest

from app.messages.signed.links import Purpose
from tests.tenancy.cases import ADMIN, IGNORES_ID, MORE_WITHOUT_ID, PUBLIC, SHOPPER, WITH_ID, WITHOUT_ID
from tests.tenancy.two_shops import THEIRS

NOT_THERE = [2**40, 0, 2**63 - 1]
NO_ID = [2**63, 10**30]  # no table could hold them; werkzeug answers 405 where a path has several methods
RETRY = "X-Shopify-Retry-Invalid-Session-Request"


def named(cases):
    return [pytest.param(key[1], case, id=f"{key[1]} {key[0]}") for key, case in cases.items()]


def ask(merchant, method, case, ids):
    """Ask as the admin does, and follow where the answer leads inside the app."""
    form = {name: value.format(**ids) for name, value in case.form.items()}
    answer = (merchant.post if method == "POST" else merchant.fetch)(case.path.format(**ids), **form)
    for _ in range(3):
        if answer.status_code not in {302, 303}:
            break
        answer = merchant.fetch(answer.headers["Location"])
    return answer


def foreign(answer):
    """Return the first bytes of the other shop in an answer, headers and all."""
    whole = answer.data + repr(list(answer.headers)).encode()
    found = whole.lower().find(THEIRS.lower().encode())
    return whole[max(0, found - 60) : found + 60] if found >= 0 else b""


def test_every_route_has_a_case(ours):
    app = ours.merchant.wired.parts["flask"]
    there = {(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods - {"HEAD", "OPTIONS"}}
    tables = (set(WITH_ID), set(IGNORES_ID), set(WITHOUT_ID), set(SHOPPER), PUBLIC)
    assert there == set().union(*tables)
    assert sum(map(len, tables)) == len(there), "a route stands in two tables"
    assert {key for key in there if "_id>" in key[0]} <= set(WITH_ID) | set(IGNORES_ID)


@pytest.mark.parametrize(("method", "case"), named(WITH_ID))
def test_who_it_belongs_to_sees_it(ours, method, case):
    answer = ask(ours.merchant, method, case, ours.ids)
    assert answer.status_code == 200, answer.text
    assert ours.name in answer.text or not case.names
    assert foreign(answer) == b""


def test_a_foreign_byte_would_be_seen(theirs):
    for case in (WITH_ID["/customers/<int:customer_id>", "GET"], WITHOUT_ID["/customers", "GET"]):
        answer = ask(theirs.merchant, "GET", case, theirs.ids)
        assert answer.status_code == 200
        assert foreign(answer) != b""


@pytest.mark.parametrize(("method", "case"), named(WITH_ID))
def test_another_shops_session_gets_what_is_not_there(ours, theirs, method, case):
    answer = ask(ours.merchant, method, case, theirs.ids)
    assert answer.status_code == 404
    assert foreign(answer) == b""
    for number in NOT_THERE:
        nothing = ask(ours.merchant, method, case, dict.fromkeys(theirs.ids, number))
        assert (nothing.status_code, nothing.data) == (404, answer.data), number
    for number in NO_ID:
        assert ask(ours.merchant, method, case, dict.fromkeys(theirs.ids, number)).status_code in {404, 405}


@pytest.mark.parametrize(("method", "case"), named(IGNORES_ID | WITHOUT_ID))
def test_a_page_shows_the_sessions_own_alone(ours, theirs, method, case):
    answer = ask(ours.merchant, method, case, theirs.ids)
    assert answer.status_code == 200, answer.text
    assert ours.name in answer.text or not case.names
    assert foreign(answer) == b""


@pytest.mark.parametrize("case", MORE_WITHOUT_ID, ids=[case.path for case in MORE_WITHOUT_ID])
def test_so_it_does_by_every_question(ours, case):
    answer = ask(ours.merchant, "GET", case, ours.ids)
    assert answer.status_code == 200, answer.text
    assert ours.name in answer.text or not case.names
    assert foreign(answer) == b""


@pytest.mark.parametrize(("method", "case"), named(ADMIN))
def test_without_a_token_a_fetch_is_refused_and_a_document_bounces(ours, theirs, method, case):
    client, path = ours.merchant.client, case.path.format(**theirs.ids)
    fetched = client.open(path, method=method, headers={"HX-Request": "true"})
    assert (fetched.status_code, fetched.headers[RETRY]) == (401, "1")
    forged = {"Authorization": f"Bearer {ours.merchant.token()[:-4]}AAAA", "HX-Request": "true"}
    refused = client.open(path, method=method, headers=forged)
    assert refused.status_code == 401
    document = client.open(path, method=method, headers={"Accept": "text/html"})
    if method == "GET":
        assert document.status_code == 302
        assert document.headers["Location"].startswith("/auth/patch-id-token?")
    else:
        assert document.status_code == 401
    assert foreign(fetched) == foreign(refused) == foreign(document) == b""


@pytest.mark.parametrize(
    ("method", "purpose", "good"),
    [pytest.param(key[1], *told, id=f"{key[1]} {key[0]}") for key, told in SHOPPER.items()],
)
def test_a_genuine_link_opens_and_every_other_is_the_same_nothing(by_both_doors, ours, theirs, method, purpose, good):
    client = ours.merchant.client
    genuine = ours.link(purpose)
    opened = client.open(genuine, method=method)
    assert opened.status_code in good
    assert foreign(opened) == b""
    ending = ".gif" if purpose is Purpose.OPEN else ""
    token = genuine.removesuffix(ending).rpartition("/")[2]
    others = [
        f"/{purpose}/{token[:-3]}{'AAA' if token[-3:] != 'AAA' else 'BBB'}{ending}",
        f"/{purpose}/x{token}{ending}",
        *([] if purpose is Purpose.OPEN else signed_for_nobody(ours, theirs, purpose)),
        *(
            f"/{purpose}/{ours.link(other).removesuffix('.gif').rpartition('/')[2]}{ending}"
            for other in Purpose
            if other is not purpose
        ),
    ]
    answers = {(answer.status_code, answer.data) for answer in (client.open(path, method=method) for path in others)}
    assert len(answers) == 1
    ((status, body),) = answers
    assert status == 404
    assert body == client.get("/r/never-signed").data


def test_what_an_open_is_about_makes_no_difference(by_both_doors, ours, theirs):
    client = ours.merchant.client
    paths = [ours.link(Purpose.OPEN), *signed_for_nobody(ours, theirs, Purpose.OPEN)]
    answers = {(answer.status_code, answer.data) for answer in map(client.get, paths)}
    assert len(answers) == 1


def signed_for_nobody(ours, theirs, purpose):
    """Return links as only we could have signed them, to what is not there."""
    return [
        ours.link(purpose, shop_id=theirs.merchant.id),
        ours.link(purpose, public_id=theirs.message["click" if purpose is Purpose.CLICK else "message"]),
        ours.link(purpose, public_id="nothing-of-that-name"),
    ]
