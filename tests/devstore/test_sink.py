"""The SMTP listener, its log, and its scripted answers."""

import json
import smtplib
import socket
import threading
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devstore.mail import keep
from devstore.mail.keep import Keeper
from devstore.mail.read import read_mail
from devstore.mail.run import MailServer, script


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


def test_the_line_is_on_the_disk_before_the_yes(store, tmp_path, monkeypatch):
    order = []
    real = keep.os.fsync
    monkeypatch.setattr(keep.os, "fsync", lambda number: (real(number), order.append("fsync")))
    keeper = Keeper(tmp_path / "sink.jsonl")
    keeper.start()
    done = keeper.submit(keep.Envelope(1, "a@example.com", ["b@example.com"], b"Subject: x\r\n\r\ny\r\n"))
    done.add_done_callback(lambda _: order.append("yes"))
    done.result(10)
    keeper.stop()
    assert order == ["fsync", "yes"]


def test_a_mail_is_accepted_while_the_database_is_away_and_shown_when_it_is_back(sink, store, tmp_path, monkeypatch):
    real, away = keep.write_rows, threading.Event()
    away.set()

    def write(mails):
        if away.is_set():
            raise keep.SQLAlchemyError
        real(mails)

    monkeypatch.setattr(keep, "write_rows", write)
    post(sink, letter())
    assert (len(lines(tmp_path)), store.get("/api/inbox").json["count"]) == (1, 0)
    away.clear()
    post(sink, letter())
    assert store.get("/api/inbox").json["count"] == 2


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
    found = read_mail(head + tail)
    assert isinstance(found["subject"], str)
    assert "\0" not in json.dumps(found)
