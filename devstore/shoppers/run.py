"""Let the shoppers get to their mail as the store's time passes."""

import random
import threading
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from devstore.clock.moving import between_looks
from devstore.clock.now import store_now
from devstore.config import settings
from devstore.mail.read import read_mail
from devstore.shoppers.behave import behave
from devstore.state.engine import unit_of_work
from devstore.state.models import Customer, Mail, Seeded, Visit

LOOK_SECONDS = 0.5
MOST_ATTEMPTS = 3
RETRY = timedelta(minutes=20)


def plan_visits(session: Session, after: int = 0) -> int:
    """Plan a visit for each mail past `after` to a seeded person; return the number of the last mail looked at."""
    last = session.scalar(select(func.max(Mail.id))) or 0
    if last <= after:
        return after
    rows = session.execute(
        select(Mail.id, Mail.recipient, Mail.subject, Mail.received_at, func.min(Customer.note))
        .join(Customer, Customer.email == Mail.recipient)
        .join(Seeded, Customer.created_at < Seeded.at)
        .outerjoin(Visit, Visit.mail_id == Mail.id)
        .where(Visit.mail_id.is_(None), Mail.id > after, Mail.id <= last)
        .group_by(Mail.id)
    ).all()
    visits = [
        {"mail_id": number, "role": role, "due_at": due(role, recipient, subject, at), "requests": []}
        for number, recipient, subject, at, note in rows
        for role in [role_of(note)]
    ]
    if visits:
        session.execute(insert(Visit).values(visits).on_conflict_do_nothing())
    return last


def role_of(note: str | None) -> str:
    """Return how the person behaves, as the seed noted it."""
    if note and note.startswith("Simulated: writes"):
        return "spammer"
    return "scanner" if note and note.startswith("Simulated: a mail scanner") else "reader"


def due(role: str, recipient: str, subject: str, at: datetime) -> datetime:
    """Return when the mail is opened: by a scanner at once, by a person within a day, mostly within hours."""
    at = at.replace(microsecond=0)
    if role == "scanner":
        return at
    dice = random.Random(f"when {recipient} {subject}")
    return at + timedelta(hours=min(26.0, 0.1 + dice.lognormvariate(0.6, 1.1)))


def count_due(session: Session) -> int:
    """Return how many visits are due by the store's clock."""
    query = select(func.count()).where(Visit.state == "waiting", Visit.due_at <= store_now(session))
    return session.scalar(query) or 0


def next_moment(session: Session) -> datetime | None:
    """Return when the next visit is due."""
    return session.scalar(select(func.min(Visit.due_at)).where(Visit.state == "waiting"))


def visit_one(mail_id: int) -> None:
    """Make one visit and write down its requests; an app that is away is tried again later."""
    with unit_of_work(announce=False) as session:
        mail = session.get(Mail, mail_id)
        visit = session.get(Visit, mail_id)
        if mail is None or visit is None:
            return
        role = visit.role
        customer = session.scalar(select(Customer.locale).where(Customer.email == mail.recipient).limit(1))
    origins = frozenset({settings().app_url, settings().origin})
    try:
        requests, state = behave(mail, read_mail(mail.raw), role, customer or "en", origins), "done"
    except OSError:
        requests, state = [], "waiting"
    with unit_of_work(announce=False) as session:
        visit = session.get_one(Visit, mail_id)
        visit.attempts += 1
        visit.state, visit.requests = state, requests
        if state == "waiting":
            visit.due_at = store_now(session) + RETRY
            visit.state = "waiting" if visit.attempts < MOST_ATTEMPTS else "failed"


class Shoppers:
    """The thread of all shoppers: `start()` and `stop()`."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._looked_at = 0
        self._thread = threading.Thread(target=self._run, name="shoppers")

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the visit under way."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(between_looks(LOOK_SECONDS)):
            try:
                self._round()
            except SQLAlchemyError as fault:
                print(f"shoppers: {type(fault).__name__}", flush=True)

    def _round(self) -> None:
        with unit_of_work(announce=False) as session:
            self._looked_at = plan_visits(session, self._looked_at)
            query = select(Visit.mail_id).where(Visit.state == "waiting", Visit.due_at <= store_now(session))
            ready = session.scalars(query.order_by(Visit.due_at)).all()
        for mail_id in ready:
            if self._ending.is_set():
                return
            visit_one(mail_id)
