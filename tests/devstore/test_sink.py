"""The SMTP listener, its log, and its scripted answers."""

import json
import smtplib
import socket
import threading
from dataclasses import asdict
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devstore.mail import listen, load, log
from devstore.mail.keep import Keeper
from devstore.mail.listen import Envelope
from devstore.mail.load import Loader
from devstore.mail.log import line_of
from devstore.mail.read import read_head, read_mail
from devstore.mail.run import MailServer, script
from devstore.state.engine import unit_of_work
from devstore.state.models import Mail


@pytest.fixture
def sink(store, tmp_path):
    server = MailServer(0, tmp_path / "log" / "sink.jsonl")
    server.start()
    yield server
    script.replace([])
    server.stop()


def lines(tmp_path):
    file = tmp_path / "log" / "sink.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def letter(to="ana@example.com", subject="Grüße aus Leeds"):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Kiln & Kettle <hello@example.com>", to, subject
    made["Message-ID"] = "<m1@example.com>"
    made.set_content("Hello.\n.one dot\n..two dots\nhttps://shop.example.com/x\n")
    made.add_alternative('<p>Hello <a href="https://shop.example.com/r/1">Rate <b>it</b></a></p>', subtype="html")
    return made


def post(sink, *letters):
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as talk:
        for one in letters:
            talk.send_message(one)


def scripted(store, *replies):
    answer = store.post("/api/sink/script", json={"replies": list(replies)})
    assert answer.status_code == 200, answer.json


def test_a_mail_is_logged_and_shown_with_its_parts(sink, store, tmp_path):
    post(sink, letter())
    logged = lines(tmp_path)
    assert [(one["message_id"], one["to"]) for one in logged] == [("<m1@example.com>", ["ana@example.com"])]
    shown = store.get("/api/inbox").json
    assert shown["count"] == 1
    mail = store.get(f"/api/inbox/{shown['mails'][0]['id']}").json
    assert mail["subject"] == "Grüße aus Leeds"
    assert mail["text"].splitlines()[:3] == ["Hello.", ".one dot", "..two dots"]
    assert mail["links"] == [{"url": "https://shop.example.com/r/1", "words": "Rate it"}]
    assert ["Message-ID", "<m1@example.com>"] in mail["headers"]


def test_one_connection_carries_many_mails_to_many_people(sink, store, tmp_path):
    post(sink, *[letter(f"p{n}@example.com") for n in range(5)], letter("a@example.com, b@example.com"))
    assert len(lines(tmp_path)) == 6
    assert store.get("/api/inbox").json["count"] == 7
    assert store.get("/api/inbox?to=b@example.com").json["mails"][0]["to"] == "b@example.com"


def test_lines_longer_than_the_standard_allows_still_arrive(sink, store):
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as talk:
        talk.sendmail("a@example.com", ["b@example.com"], b"Subject: long\r\n\r\n" + b"x" * 300_000 + b"\r\n.y\r\n")
    text = store.get(f"/api/inbox/{store.get('/api/inbox').json['mails'][0]['id']}").json["text"]
    assert len(text.splitlines()[0]) == 300_000
    assert text.splitlines()[1] == ".y"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [("450 4.2.1 Busy", smtplib.SMTPRecipientsRefused), ("550 5.1.1 Nobody", smtplib.SMTPRecipientsRefused)],
)
def test_a_recipient_can_be_refused_once(sink, store, tmp_path, reply, kind):
    scripted(store, {"at": "rcpt", "reply": reply, "match": "ana@"})
    with pytest.raises(kind) as refused:
        post(sink, letter())
    assert refused.value.recipients["ana@example.com"][0] == int(reply[:3])
    post(sink, letter())
    assert len(lines(tmp_path)) == 1


@pytest.mark.parametrize("phase", ["mail", "data", "dot"])
def test_each_phase_can_refuse(sink, store, tmp_path, phase):
    scripted(store, {"at": phase, "reply": "451 4.3.0 Later"})
    with pytest.raises(smtplib.SMTPResponseException):
        post(sink, letter())
    assert lines(tmp_path) == []
    assert store.get("/api/sink/script").json["replies"] == []


def test_dropped_after_the_dot_means_kept_and_nobody_told(sink, store, tmp_path):
    scripted(store, {"at": "dot", "reply": "drop"})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        post(sink, letter())
    assert len(lines(tmp_path)) == 1


def test_dropped_before_means_not_kept(sink, store, tmp_path):
    scripted(store, {"at": "dot", "reply": "drop-before"})
    with pytest.raises(smtplib.SMTPServerDisconnected):
        post(sink, letter())
    assert lines(tmp_path) == []


def test_a_mail_without_its_dot_was_never_sent(sink, tmp_path):
    with socket.create_connection(("127.0.0.1", sink.port), 10) as raw:
        raw.recv(1000)
        for command in (b"EHLO x", b"MAIL FROM:<a@example.com>", b"RCPT TO:<b@example.com>", b"DATA"):
            raw.sendall(command + b"\r\n")
            raw.recv(1000)
        raw.sendall(b"Subject: half\r\n\r\nhalf")
    assert lines(tmp_path) == []


def test_only_a_dot_between_whole_line_ends_ends_a_mail(sink, store, tmp_path):
    with socket.create_connection(("127.0.0.1", sink.port), 10) as raw:
        raw.recv(1000)
        for command in (b"EHLO x", b"MAIL FROM:<a@example.com>", b"RCPT TO:<b@example.com>", b"DATA"):
            raw.sendall(command + b"\r\n")
            raw.recv(1000)
        raw.sendall(b"Subject: one\r\n\r\nfirst\n.\nMAIL FROM:<evil@example.com>\r\n.\r\nQUIT\r\n")
        assert raw.recv(1000).startswith(b"250")
    assert len(lines(tmp_path)) == 1
    number = store.get("/api/inbox").json["mails"][0]["id"]
    assert "evil" in store.get(f"/api/inbox/{number}").json["text"]


def test_an_empty_mail_and_one_of_dots(sink, store):
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as talk:
        for body in (b"", b".", b"\r\n.\r\n..\r\n..."):
            talk.sendmail("a@example.com", ["b@example.com"], body)
    mails = store.get("/api/inbox").json["mails"]
    bytes_kept = [store.get(f"/inbox/{mail['id']}/raw").data for mail in reversed(mails)]
    assert [one.strip(b"\r\n") for one in bytes_kept] == [b"", b".", b".\r\n..\r\n..."]


def test_a_mail_that_is_too_large_is_refused_and_the_next_one_taken(sink, tmp_path, monkeypatch):
    monkeypatch.setattr(listen, "LARGEST", 100_000)
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as talk:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            talk.sendmail("a@example.com", ["b@example.com"], b"x" * 500_000)
        assert refused.value.smtp_code == 552
        talk.send_message(letter())
    assert len(lines(tmp_path)) == 1


def test_the_line_is_on_the_disk_before_the_yes(store, tmp_path, monkeypatch):
    order = []
    real = log.os.fsync
    monkeypatch.setattr(log.os, "fsync", lambda number: (real(number), order.append("fsync")))
    keeper = Keeper(tmp_path / "sink.jsonl", Loader(tmp_path / "sink.jsonl"))
    keeper.start()
    done = keeper.submit(Envelope(1, "a@example.com", ["b@example.com"], b"Subject: x\r\n\r\ny\r\n"))
    done.add_done_callback(lambda _: order.append("yes"))
    done.result(10)
    keeper.stop()
    assert order == ["fsync", "yes"]


def test_a_mail_is_accepted_while_the_database_is_away_and_shown_when_it_is_back(sink, store, tmp_path, monkeypatch):
    real, away = load.write_mails, threading.Event()
    away.set()

    def write(session, facts):
        if away.is_set() and facts:
            raise load.SQLAlchemyError
        real(session, facts)

    monkeypatch.setattr(load, "write_mails", write)
    monkeypatch.setattr(load, "RETRY_SECONDS", 0.02)
    post(sink, letter())
    assert (len(lines(tmp_path)), count_now()) == (1, 0)
    away.clear()
    assert store.get("/api/inbox").json["count"] == 1


def count_now():
    with unit_of_work(announce=False) as session:
        return session.query(Mail).count()


def test_what_was_logged_and_not_yet_shown_is_shown_after_a_restart_once(store, tmp_path):
    path = tmp_path / "sink.jsonl"
    now = datetime.now(UTC)
    whole = [line_of(Envelope(1, "a@example.com", [f"p{n}@example.com"], letter().as_bytes()), now) for n in range(120)]
    path.write_bytes(b"".join(whole) + whole[0][:100])
    for expected in (120, 121):
        server = MailServer(0, path)
        server.start()
        assert store.get("/api/inbox").json["count"] == expected
        if expected == 120:
            post(server, letter())
        server.stop()
    assert count_now() == 121


def test_a_log_begun_anew_is_read_from_its_start(store, tmp_path):
    path = tmp_path / "sink.jsonl"
    for recipient in ("long-name-of-somebody@example.com", "b@example.com"):
        path.write_bytes(line_of(Envelope(1, "a@example.com", [recipient], b"Subject: x\r\n\r\n"), datetime.now(UTC)))
        server = MailServer(0, path)
        server.start()
        assert store.get(f"/api/inbox?to={recipient}").json["mails"]
        server.stop()


@pytest.mark.parametrize(
    "replies",
    [
        [{"at": "never", "reply": "450 x"}],
        [{"at": "rcpt", "reply": "250 fine"}],
        [{"at": "rcpt", "reply": "450 x", "times": 0}],
        [{"at": "rcpt", "wait": 999}],
        "450",
        [None],
    ],
)
def test_a_script_nobody_could_follow_is_refused(store, replies):
    assert store.post("/api/sink/script", json={"replies": replies}).status_code == 422


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400), st.sampled_from([b"", b"From: ", b"Subject: =?utf-8?q?", b"Content-Type: multipart/x"]))
def test_any_bytes_read_as_some_mail(tail, head):
    found = read_head(head + tail) | asdict(read_mail(head + tail))
    assert isinstance(found["subject"], str)
    assert "\\u0000" not in json.dumps(found)
