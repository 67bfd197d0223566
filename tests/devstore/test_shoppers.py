"""Simulated shoppers: what they do about their mail, seen from the app's side."""

import http.server
import threading
from email.message import EmailMessage
from urllib.parse import parse_qs

import pytest

from devstore.shoppers.browse import Browser
from devstore.shoppers.forms import forms_in
from devstore.shoppers.run import count_due, plan_visits, visit_one
from devstore.state.engine import unit_of_work
from devstore.state.models import Clock, Customer, Visit
from tests.devstore.conftest import keep_mail

FORM = """<form method="post"><input type="hidden" name="csrf" value="abc"><input name="name" value="Ana">
<fieldset>{}</fieldset><textarea name="body-7"></textarea>
<fieldset>{}</fieldset><textarea name="body-8"></textarea>
<input type="checkbox" name="news"><button name="go" value="1">Send</button></form>"""
STARS = [
    "".join(f'<input type="radio" name="rating-{line}" value="{value}">' for value in range(1, 6)) for line in (7, 8)
]


class Pages:
    """An app with a click link, a review page and a pixel; `seen` is who asked for what."""

    def __init__(self):
        self.seen, self.posted = [], []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def _answer(self, status, body=b"", location=None):
                outer.seen.append((self.command, self.path, self.headers["User-Agent"]))
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                if location:
                    self.send_header("Location", location)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def do_GET(self):
                if self.path.startswith("/c/"):
                    self._answer(302, location="/r/x")
                else:
                    self._answer(200, FORM.format(*STARS).encode())

            do_HEAD = do_GET  # noqa: N815 - the name http.server looks for

            def do_POST(self):
                outer.posted.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                self._answer(303, location="/r/x?done=1")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def free_app():
    made = Pages()
    yield made
    made.close()


def mail_to(app, recipient, subject="How has the kettle been?"):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "hello@example.com", recipient, subject
    made.set_content("Hello")
    made.add_alternative(
        f'<p><a href="{app.url}/c/1">Rate the kettle</a> <a href="https://elsewhere.example.com/">Elsewhere</a>'
        f'<a href="{app.url}/u/2">Unsubscribe</a><img src="{app.url}/o/3.gif"></p>',
        subtype="html",
    )
    keep_mail(made.as_bytes(), recipient)


def visits():
    with unit_of_work(announce=False) as session:
        plan_visits(session)
        return {visit.mail_id: visit for visit in session.query(Visit).order_by(Visit.mail_id)}


def noted(words):
    with unit_of_work(announce=False) as session:
        return session.query(Customer).filter(Customer.note.startswith(words)).one().email


def days_pass(days):
    with unit_of_work() as session:
        session.get_one(Clock, 1).offset_seconds += days * 86_400


def test_a_stranger_is_left_to_their_own_mail(store, app):
    mail_to(app, "stranger@example.com")
    assert visits() == {}


def test_a_reader_takes_hours_and_a_scanner_none(store, app):
    mail_to(app, "ana@example.com")
    mail_to(app, noted("Simulated: a mail scanner"))
    planned = visits()
    with unit_of_work(announce=False) as session:
        assert count_due(session) == 1
        days_pass(2)
    with unit_of_work(announce=False) as session:
        assert count_due(session) == 2
    assert sorted(one.role for one in planned.values()) == ["reader", "scanner"]


def test_the_scanner_opens_every_link_of_the_app_and_changes_nothing(store, app):
    mail_to(app, noted("Simulated: a mail scanner"))
    for mail_id in visits():
        visit_one(mail_id)
    asked = {(verb, path) for verb, path, _ in app.seen}
    assert asked == {
        ("GET", "/o/3.gif"),
        ("HEAD", "/c/1"),
        ("GET", "/c/1"),
        ("GET", "/r/x"),
        ("HEAD", "/u/2"),
        ("GET", "/u/2"),
    }
    assert app.posted == []


def test_the_spammer_sends_links_with_five_stars(store, app):
    mail_to(app, noted("Simulated: writes"))
    for mail_id in visits():
        visit_one(mail_id)
    assert app.posted[0]["rating-7"] == ["5"]
    assert "http://" in app.posted[0]["body-7"][0]
    assert app.posted[0]["csrf"] == ["abc"]


def test_readers_differ_and_do_the_same_every_time(store, app):
    with unit_of_work(announce=False) as session:
        people = [row[0] for row in session.query(Customer.email).order_by(Customer.id).limit(60)]
    for person in people:
        mail_to(app, person)
    for mail_id in visits():
        visit_one(mail_id)
    first = list(app.posted)
    assert 8 < len(first) < 50
    assert len({form["rating-7"][0] for form in first}) >= 3
    assert {form["name"][0] for form in first} == {"Ana"}
    assert not any("news" in form or "go" in form for form in first)
    app.posted.clear()
    for mail_id in visits():
        visit_one(mail_id)
    assert app.posted == first


def test_an_app_that_is_away_is_visited_again_and_then_no_more(store, app):
    mail_to(app, noted("Simulated: a mail scanner"))
    planned = visits()
    app.server.socket.close()
    for mail_id in planned:
        for state in ("waiting", "waiting", "failed"):
            visit_one(mail_id)
            assert visits()[mail_id].state == state


def test_the_log_shows_who_did_what(store, app):
    mail_to(app, noted("Simulated: a mail scanner"))
    for mail_id in visits():
        visit_one(mail_id)
    shown = store.get("/api/shoppers").json["visits"][0]
    assert (shown["role"], shown["state"]) == ("scanner", "done")
    assert ["HEAD", "/c/1", 302] in shown["requests"]


def test_nobody_leaves_the_demo():
    browser = Browser("x", frozenset({"http://127.0.0.1:8000"}))
    for url in ("http://127.0.0.1:8001/", "https://127.0.0.1:8000/", "http://example.com/", "javascript:alert(1)"):
        assert not browser.may_visit(url)


def test_a_page_without_forms_has_none():
    assert forms_in("<p>hello <input name=x></p>") == []
