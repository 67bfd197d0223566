"""Send what is due, several at a time, from threads that end with the process."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait

from sqlalchemy import or_, select
from sqlalchemy.exc import SQLAlchemyError

from devstore.clock.now import real_now, store_now
from devstore.config import settings
from devstore.state.engine import changed, unit_of_work
from devstore.state.models import WebhookDelivery
from devstore.webhooks.deliver import deliver
from devstore.webhooks.schedule import next_try

AT_ONCE = 6
LOOK_SECONDS = 0.5


class Sender:
    """The one sender of a process: `start()` it, `stop()` it; a second one elsewhere would send twice."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks")
        self._flying: dict[int, Future[None]] = {}

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the attempts under way and return; what waits stays in its row."""
        self._ending.set()
        changed.set()
        self._thread.join()

    def _run(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, "webhook") as pool:
            while not self._ending.is_set():
                changed.wait(LOOK_SECONDS)
                changed.clear()
                try:
                    self._round(pool)
                except SQLAlchemyError as fault:
                    # The database may be restarting; the rows are still there afterwards.
                    print(f"webhooks: {type(fault).__name__}", flush=True)
                    self._ending.wait(1)

    def _round(self, pool: ThreadPoolExecutor) -> None:
        while not self._ending.is_set():
            self._flying = {key: one for key, one in self._flying.items() if not one.done()}
            room = AT_ONCE - len(self._flying)
            if room <= 0:
                wait(self._flying.values(), timeout=5, return_when="FIRST_COMPLETED")
                continue
            due = find_due(room, set(self._flying))
            if not due:
                return
            for key in due:
                self._flying[key] = pool.submit(attempt, key)


def find_due(limit: int, flying: set[int]) -> list[int]:
    """Return ids of waiting deliveries whose time has come by either clock, oldest first."""
    with unit_of_work(announce=False) as session:
        return list(
            session.scalars(
                select(WebhookDelivery.id)
                .where(
                    WebhookDelivery.state == "waiting",
                    WebhookDelivery.id.not_in(flying),
                    or_(WebhookDelivery.due_real <= real_now(), WebhookDelivery.due_store <= store_now(session)),
                )
                .order_by(WebhookDelivery.due_real)
                .limit(limit)
            )
        )


def attempt(delivery_id: int) -> None:
    """Post one delivery and write down what came of it. The row is not held while the app answers."""
    with unit_of_work(announce=False) as session:
        delivery = session.get(WebhookDelivery, delivery_id)
    if delivery is None:
        return
    outcome = deliver(delivery, settings().api_secret)
    with unit_of_work(announce=False) as session:
        row = session.get(WebhookDelivery, delivery_id)
        if row is None:
            return
        row.attempts += 1
        row.status, row.ms, row.error = outcome.status, outcome.ms, outcome.error
        now = store_now(session)
        again = next_try(
            row.attempts, store_now=now, real_now=real_now(), window_seconds=settings().retry_window_seconds
        )
        if outcome.accepted or again is None:
            row.state = "delivered" if outcome.accepted else "failed"
            row.finished_at = now
        else:
            row.due_store, row.due_real = again
