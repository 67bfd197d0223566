"""The strip's ledger: the app's count held against the mail server's, and the end once six things are done."""

import pytest

from devstore.admin import books
from devstore.config import settings
from devstore.platform.install import shop_by_handle
from devstore.state.engine import unit_of_work
from devstore.state.models import Visit, WebhookDelivery
from tests.devstore_platform.conftest import DOMAIN, SHOP, take_in

KINDS = {"due": 6, "sent": 2, "not_sent": 3, "unknown": 1, "under_way": 0, "undone": 0}


@pytest.fixture
def told(monkeypatch):
    """What the app answers, to be changed; `asked` counts the questions."""
    answer = {"shops": {DOMAIN: dict(KINDS)}, "asked": 0}

    def ask_ready(path, _):
        answer["asked"] += 1
        return answer if path == "/readyz/ledger" else None

    monkeypatch.setattr(books, "ask_ready", ask_ready)
    return answer


def ledger(client, handle=SHOP):
    return client.get(f"/admin/{handle}/strip.json").json["ledger"]


def anew(client):
    books.app_books.forget()
    return ledger(client)


def test_the_books_are_closed_by_what_the_app_and_the_mail_server_say(installed, told):
    take_in("<1@example.com>")
    take_in("<2@example.com>")
    take_in("<t@example.com>", subject="Test: s")
    take_in("<3@example.com>", sender="Fernside Tea <f@example.com>")
    shown = ledger(installed)
    assert (
        shown["app"] == "Ledger: due 6 · sent 2 · not sent 3, each with its reason · may have left 1 · twice 0 · lost 0"
    )
    assert (shown["head"], shown["good"]) == ("twice 0 · lost 0", True)
    assert shown["store"][1] == "Mails: 2 taken in, none twice."

    told["shops"][DOMAIN] |= {"due": 8, "under_way": 2}
    assert " · under way 2 · twice 0 · lost 0" in anew(installed)["app"]


def test_a_mail_that_came_twice_is_told(installed, told):
    for key in ("a", "b"):
        take_in("<1@example.com>", key)
    take_in("<2@example.com>")
    shown = ledger(installed)
    assert (shown["head"], shown["good"]) == ("twice 1 · lost 0", False)
    assert shown["store"][1] == "Mails: 3 taken in, 1 of them twice."


def test_what_came_to_nothing_or_never_arrived_is_lost(installed, told):
    take_in("<1@example.com>")
    assert ledger(installed)["head"] == "twice 0 · lost 1"
    told["shops"][DOMAIN]["undone"] = 2
    shown = anew(installed)
    assert (shown["head"], shown["good"]) == ("twice 0 · lost 3", False)


def test_a_shop_the_app_does_not_know_has_an_empty_ledger(installed, told):
    assert told["shops"].keys() == {DOMAIN}
    assert ledger(installed, "fernside-tea")["app"].startswith("Ledger: due 0 · sent 0 · not sent 0")


@pytest.mark.parametrize("answer", [None, {"error": {"code": "not_found"}}, {"shops": ["?"]}, {"shops": {"x": 1}}])
def test_an_app_that_does_not_tell_leaves_the_stores_own_counts(installed, monkeypatch, answer):
    monkeypatch.setattr(books, "ask_ready", lambda *_: answer)
    take_in("<1@example.com>")
    shown = ledger(installed)
    assert (shown["app"], shown["head"]) == ("", "twice 0")
    assert shown["store"][1] == "Mails: 1 taken in, none twice."


def test_the_app_counts_once_however_many_look(installed, told):
    for _ in range(5):
        ledger(installed)
        installed.get(f"/admin/{SHOP}/orders")
    assert told["asked"] == 1
    anew(installed)
    assert told["asked"] == 2


def test_the_store_counts_its_webhooks_and_the_shoppers_answers(installed, told):
    assert ledger(installed)["store"][0] == "Webhooks: none made yet."
    delivery = {
        "shop_domain": DOMAIN, "topic": "orders/create", "url": "http://127.0.0.1:1/", "api_version": "2026-10",
        "event_id": "e", "payload": b"{}",
    }  # fmt: skip
    first, second = take_in("<1@example.com>"), take_in("<2@example.com>")
    with unit_of_work(announce=False) as session:
        shop = shop_by_handle(session, SHOP)
        moment = dict.fromkeys(("triggered_at", "due_store", "due_real"), shop.created_at)
        for name, state in (("a", "lost"), *[("b", "delivered")] * 3, ("c", "failed")):
            session.add(WebhookDelivery(shop_id=shop.id, webhook_id=name, state=state, **delivery, **moment))
        for mail, requests in ((first, [["GET", "/r", 200]]), (second, [["GET", "/r", 200], ["POST", "/r", 303]])):
            session.add(Visit(mail_id=mail, role="reader", due_at=shop.created_at, state="done", requests=requests))
    assert ledger(installed)["store"] == [
        "Webhooks: 3 made, 1 lost on purpose, 2 repeated, 1 answered.",
        "Mails: 2 taken in, none twice.",
        "Simulated shoppers: 2 mails opened, 1 answered.",
    ]


def test_the_end_is_told_once_six_things_are_done(installed, told, monkeypatch):
    things = [{"words": "w", "where": "", "done": True}] * 6
    words = "Your own store next: README, “Run it for real”."
    for last, told_now in ((False, False), (True, True)):
        listed = [*things[:5], things[5] | {"done": last}]
        monkeypatch.setattr("devstore.admin.strip.six_things", lambda *_, listed=listed: listed)
        assert (words in installed.get(f"/admin/{SHOP}/strip.json").json["closing"]) is told_now
        assert (words in installed.get(f"/admin/{SHOP}/orders").text) is told_now
    assert "## Run it for real" in (settings().app_folder / "README.md").read_text()
