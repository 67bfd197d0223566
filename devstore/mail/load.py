"""Bring the log's mails into the inbox: a thread that follows the log and remembers how far it read.

The table is only a view of the log: with the database away, mail is accepted all the same and shown once it is back.
"""

import threading
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from devstore.clock.now import offset
from devstore.mail.log import read_line
from devstore.mail.read import read_head
from devstore.state.engine import unit_of_work
from devstore.state.models import Mail, SinkPosition

MOST_TOGETHER = 50
RETRY_SECONDS = 1.0


class Loader:
    """The thread that follows one log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._news = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="inbox")
        self._caught_up = threading.Condition()
        self._position = 0

    def start(self) -> None:
        """Begin."""
        self.wake()
        self._thread.start()

    def stop(self) -> None:
        """Load what is there, unless the database is away, and return."""
        self._ending = True
        self.wake()
        self._thread.join()

    def wake(self) -> None:
        """Say that the log has grown."""
        self._news.set()

    def wait(self, seconds: float) -> bool:
        """Wait until everything in the log is in the inbox; False when it took longer."""
        size = self._path.stat().st_size if self._path.exists() else 0
        with self._caught_up:
            return self._caught_up.wait_for(lambda: self._position >= size, seconds)

    def _run(self) -> None:
        while True:
            self._news.wait()
            self._news.clear()
            try:
                while self._some():
                    pass
            except SQLAlchemyError as fault:
                print(f"inbox: {type(fault).__name__}", flush=True)
                if not self._ending:
                    # Look again in a second even if no mail comes.
                    threading.Timer(RETRY_SECONDS, self.wake).start()
            if self._ending:
                return

    def _some(self) -> bool:
        """Load a batch; False when the end of the log is reached."""
        with unit_of_work(announce=False) as session:
            position = self._where(session)
            lines, after = read_from(self._path, position.offset)
            write_mails(session, [fact for line in lines if (fact := read_line(line)) is not None])
            position.offset = after
        with self._caught_up:
            self._position = after
            self._caught_up.notify_all()
        return bool(lines)

    def _where(self, session: Session) -> SinkPosition:
        """Return the row that says how far this log was read; a new or shorter log is read from its start."""
        name = str(self._path.absolute())
        row = session.get(SinkPosition, name)
        if row is None:
            row = SinkPosition(log=name, offset=0)
            session.add(row)
        if row.offset and row.offset > self._path.stat().st_size:
            row.offset = 0
        return row


def read_from(path: Path, position: int) -> tuple[list[bytes], int]:
    """Return some whole lines of the log from a position, and where they end."""
    if not path.exists():
        return [], position
    with path.open("rb") as log:
        log.seek(position)
        lines = [line for _ in range(MOST_TOGETHER) if (line := log.readline()).endswith(b"\n")]
    return lines, position + sum(map(len, lines))


def write_mails(session: Session, facts: list[dict[str, Any]]) -> None:
    """Insert a row for each recipient of each mail; a mail already there is left alone."""
    ahead = offset(session)
    rows = [
        {
            "sink_key": f"{fact['key']}/{number}",
            "received_at": datetime.fromisoformat(fact["at"]) + ahead,
            "received_real": datetime.fromisoformat(fact["at"]),
            "mail_from": fact["from"],
            "recipient": recipient,
            "raw": fact["body"],
            "read": False,
            **read_head(fact["body"]),
        }
        for fact in facts
        for number, recipient in enumerate(fact["to"])
    ]
    if rows:
        session.execute(insert(Mail).on_conflict_do_nothing(), rows)
