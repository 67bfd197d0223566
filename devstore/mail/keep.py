"""Keep mail: first one fsynced line in the log for each, then a row to read it from.

Mails that arrive together share one fsync and one transaction. The log is the truth: should the database be
away, the mail is accepted all the same and its row follows when it is back.
"""

import hashlib
import json
import os
import queue
import threading
import uuid
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from devstore.clock.now import offset, real_now
from devstore.mail.listen import Envelope
from devstore.mail.read import read_mail
from devstore.state.engine import unit_of_work
from devstore.state.models import Mail

MOST_TOGETHER = 100


@dataclass(frozen=True)
class Accepted:
    """One mail on its way into the log and the table."""

    key: str
    at: datetime
    envelope: Envelope


class Keeper:
    """One thread that writes: `submit` a mail, wait for the future, then say 250."""

    def __init__(self, log: Path) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._queue: queue.Queue[tuple[Accepted, Future[None]] | None] = queue.Queue()
        self._unwritten: list[Accepted] = []
        self._thread = threading.Thread(target=self._run, name="mail")

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is queued and return."""
        self._queue.put(None)
        self._thread.join()
        os.close(self._log)

    def submit(self, envelope: Envelope) -> Future[None]:
        """Queue a mail; the future is done when its line is on the disk."""
        done: Future[None] = Future()
        self._queue.put((Accepted(uuid.uuid4().hex, real_now(), envelope), done))
        return done

    def _run(self) -> None:
        ending = False
        while not ending:
            batch: list[tuple[Accepted, Future[None]]] = []
            try:
                # While rows are owed, look again each second even if no mail comes.
                first = self._queue.get(timeout=1 if self._unwritten else None)
                ending = first is None
                if first:
                    batch.append(first)
                while len(batch) < MOST_TOGETHER and not ending:
                    another = self._queue.get_nowait()
                    ending = another is None
                    if another:
                        batch.append(another)
            except queue.Empty:
                pass
            self._write(batch)

    def _write(self, batch: list[tuple[Accepted, Future[None]]]) -> None:
        if batch:
            os.write(self._log, b"".join(_line(one) for one, _ in batch))
            os.fsync(self._log)
        self._unwritten += [one for one, _ in batch]
        try:
            if self._unwritten:
                write_rows(self._unwritten)
                self._unwritten = []
        except SQLAlchemyError as fault:
            print(f"mail: {type(fault).__name__}, {len(self._unwritten)} rows wait", flush=True)
        for _, done in batch:
            done.set_result(None)


def write_rows(mails: list[Accepted]) -> None:
    """Insert a row for each recipient of each mail; a mail already there is left alone."""
    with unit_of_work(announce=False) as session:
        ahead = offset(session)
        rows = [
            {
                "sink_key": f"{mail.key}/{number}",
                "received_at": mail.at + ahead,
                "received_real": mail.at,
                "mail_from": mail.envelope.mail_from,
                "recipient": recipient,
                "raw": mail.envelope.body,
                "read": False,
                **read_mail(mail.envelope.body),
            }
            for mail in mails
            for number, recipient in enumerate(mail.envelope.recipients)
        ]
        session.execute(insert(Mail).values(rows).on_conflict_do_nothing())


def _line(mail: Accepted) -> bytes:
    """Write the log's line: what an outsider can hold against anybody's claims."""
    head = _headers(mail.envelope.body)
    fact: dict[str, Any] = {
        "key": mail.key,
        "at": mail.at.isoformat(),
        "connection": mail.envelope.connection,
        "from": mail.envelope.mail_from,
        "to": mail.envelope.recipients,
        "message_id": head.get("message-id"),
        "token": head.get("x-welltimed-message") or head.get("message-id"),
        "bytes": len(mail.envelope.body),
        "sha256": hashlib.sha256(mail.envelope.body).hexdigest(),
    }
    return json.dumps(fact, ensure_ascii=False).encode() + b"\n"


def _headers(body: bytes) -> dict[str, str]:
    """Return the first value of each header, unfolded, names in lower case."""
    head = body.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").replace("\r\n ", " ").replace("\r\n\t", " ")
    found: dict[str, str] = {}
    for line in head.split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.lower(), value.strip())
    return found
