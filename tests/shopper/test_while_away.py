"""While PostgreSQL is down nothing is acknowledged that is not kept; when it is back in time, nobody notices."""

import contextlib
import os
import shutil
import signal
import threading
import time
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from app import wiring
from app.customers.models import ConsentEntry, Preference, Suppression
from app.kit import runtime
from app.messages.signed import while_away
from app.messages.signed.links import Purpose
from serve import postgres
from tests.database import make_config
from tests.servers import Cluster, running, temporary_folder
from tests.servers import _wait as wait_for
from tests.shopper.people import People

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


class Server:
    """A PostgreSQL of this file's own, to be stopped and started."""

    def __init__(self, folder):
        self.folder, self.server = folder, postgres.Postgres(folder / "pg", folder, folder, durable=True)
        postgres.initialise(self.server)
        self._stack = contextlib.ExitStack()

    def start(self):
        log, environment = self.folder / "postgres.log", postgres.environment(os.environ)
        command = postgres.command(self.server)
        process = self._stack.enter_context(running(command, log, signal.SIGQUIT, environment))
        wait_for(process, lambda: postgres.answers(self.server))

    def stop(self):
        """End it at once, without a checkpoint: what was committed has to be found all the same."""
        self._stack.close()


@pytest.fixture(scope="module")
def away(redis_url):
    with temporary_folder() as folder:
        server = Server(folder)
        server.start()
        app = wiring.create_app(make_config(Cluster(server.server).create_database(), redis_url))
        app.testing = True
        assert app.test_cli_runner().invoke(args=["migrate"]).exit_code == 0
        server.wired, server.web = runtime.current(), app.test_client()
        server.wired.parts["flask"] = app
        server.people = People(server.wired, "away-kettle.myshopify.com")
        yield server
        server.wired.engines.dispose()
        server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(while_away, "PATIENCE_S", 0.3)
    monkeypatch.setattr(while_away, "LOOK_AGAIN_S", 0.05)


def kept(people):
    return [people.rows(select(table.id)) for table in (Suppression, ConsentEntry, Preference)]


def test_what_cannot_be_kept_is_not_acknowledged(away, impatient):
    mailed = away.people.mail()
    before = kept(away.people)
    away.stop()
    try:
        answers = [
            away.web.post(mailed.path(Purpose.UNSUBSCRIBE), data=ONE_CLICK),
            away.web.post(mailed.path(Purpose.UNSUBSCRIBE), data={"stop": "yes"}, headers={"Accept": "text/html"}),
            away.web.post(mailed.path(Purpose.PREFERENCES), data={"stop": "yes"}),
            away.web.post(mailed.path(Purpose.PREFERENCES), data={"pause": "14"}),
        ]
        german = away.web.post(
            mailed.path(Purpose.UNSUBSCRIBE),
            data={"stop": "yes"},
            headers={"Accept": "text/html", "Accept-Language": "de-AT,de;q=0.9"},
        )
    finally:
        away.start()
    assert [answer.status_code for answer in answers] == [503] * 4
    assert {answer.headers["Retry-After"] for answer in answers} == {"30"}
    assert answers[0].json["error"]["code"] == "unavailable"
    assert "nothing was changed" in answers[1].text
    assert "es wurde nichts geändert" in german.text
    assert kept(away.people) == before
    assert away.web.post(mailed.path(Purpose.UNSUBSCRIBE), data=ONE_CLICK).status_code == 200
    assert kept(away.people) != before


def test_a_restart_in_between_is_waited_for_and_what_was_answered_is_there(away):
    mails = [away.people.mail() for _ in range(while_away.MOST_WAITING)]
    answers = {}
    away.stop()

    def press(mailed):
        client = away.wired.parts["flask"].test_client()
        answers[mailed.customer_id] = client.post(mailed.path(Purpose.UNSUBSCRIBE), data=ONE_CLICK).status_code

    threads = [threading.Thread(target=press, args=[mailed]) for mailed in mails]
    for thread in threads:
        thread.start()
    away.start()
    for thread in threads:
        thread.join(30)
    assert set(answers.values()) <= {200, 503}
    assert 200 in answers.values()
    stopped = {one for (one,) in away.people.rows(select(ConsentEntry.customer_id))}
    assert {customer for customer, status in answers.items() if status == 200} == stopped & set(answers)


def test_a_crowd_is_answered_at_once(away, impatient, monkeypatch):
    mailed = away.people.mail()
    monkeypatch.setattr(while_away, "_waiting", threading.BoundedSemaphore(1))
    while_away._waiting.acquire()
    away.stop()
    monkeypatch.setattr(while_away, "time", SimpleNamespace(monotonic=time.monotonic, sleep=pytest.fail))
    try:
        assert away.web.post(mailed.path(Purpose.UNSUBSCRIBE), data=ONE_CLICK).status_code == 503
    finally:
        away.start()
