"""Live a journey full of trouble with a person nobody else is called like: `python -m tests.convergence.canary`.

Whatever the app and RQ log comes out, then what PostgreSQL and Valkey logged and what lay in Redis after each turn.
The last line counts the mails and the parked webhooks, so that a silent run is told from a clean one.
"""

import json

from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import select

from app.flows.planning.by_hand.pause import resume
from app.flows.planning.by_hand.release import OnResume
from app.kit import fault, ticker
from app.kit.queue import BULK, INBOX, SENDS, worker_connection
from app.shopify.models import InboxState, WebhookInbox
from tests.convergence.player import PLACES
from tests.convergence.shops import DOMAIN, SHOP
from tests.convergence.side_by_side import side_by_side
from tests.fuzz.senders import headers
from tests.servers import run_cluster, run_valkey, temporary_folder

NAME = "canarella"
ADDRESS = f"{NAME}.wren@example.com"


def live(both, redis_url):
    """Buy, fail, ship, bounce, arrive, ask for the data, erase."""
    person = {"email": ADDRESS, "first_name": NAME.title(), "last_name": f"{NAME}-weber", "phone": "+441632960961"}
    person["address"] = {**PLACES["GB"], "zip": "BS1 6QH", "city": NAME.title(), "address1": f"1 {NAME} Road"}

    def act(method, path, **body):
        both.move(minutes=5)
        answer = both.store.open(f"/api{path}", method=method, json=body or None)
        assert 200 <= answer.status_code < 300, answer.text
        work(both, redis_url)
        return answer.json

    order = act("POST", "/orders", customer=person, lines=[{"variant": "harbour-kettle"}], note=f"For {NAME}")
    for body in spoiled(order):
        told = headers("orders/updated", DOMAIN, body)
        assert both.app.post("/webhooks", data=body, headers=told).status_code == 200
    fault.arm("B3:raise")  # a handler that fails when all is known about the person
    act("POST", f"/orders/{order['id']}/edit", add=[{"variant": "paper-filters"}])
    fault.arm("")
    parcel = act("POST", f"/orders/{order['id']}/fulfillments")
    replies = [
        {"at": "rcpt", "reply": f"450 4.2.1 <{ADDRESS}> is busy", "times": 1},
        {"at": "rcpt", "reply": f"550 5.7.1 <{ADDRESS}> says no", "times": 1},
    ]
    act("POST", "/sink/script", replies=replies)
    act("POST", f"/fulfillments/{parcel['id']}/events", status="delivered")
    for _ in range(8):
        both.move(days=1, hours=3)
        with both.work_in_shop(both.shop_id) as session:
            resume(session, OnResume.SEND, by="user:7")  # the second reply speaks of the sender and pauses the shop
        work(both, redis_url)
    act("POST", f"/customers/{order['customer']['id']}/data-request")
    act("POST", f"/customers/{order['customer']['id']}/redact")


def spoiled(order):
    """Return bodies that name the person where a number should be, or not at all."""
    yield json.dumps(order | {"id": ADDRESS}).encode()
    yield json.dumps(order | {"updated_at": ADDRESS}).encode()
    yield json.dumps(order | {"line_items": ADDRESS}).encode()
    yield json.dumps(order).encode()[:-9]


def work(both, redis_url):
    """Deliver, and let the ticker and the workers take a turn."""
    both.deliver()
    connection = worker_connection(redis_url)
    for name in (INBOX, SENDS, BULK):
        ticker.tick(both.wired)
        show(connection)
        bell = Queue(name, connection=connection, serializer=JSONSerializer)
        SimpleWorker([bell], connection=connection, serializer=JSONSerializer).work(burst=True, logging_level="INFO")
    show(connection)
    connection.close()


def show(redis):
    """Print what lies in Redis, readable."""
    for key in redis.scan_iter():
        kind = redis.type(key).decode()
        value = {
            "string": redis.get,
            "hash": redis.hgetall,
            "list": lambda key: redis.lrange(key, 0, -1),
            "set": redis.smembers,
            "zset": lambda key: redis.zrange(key, 0, -1),
            "stream": redis.xrange,
        }[kind](key)
        print(key, value)


def main():
    """Live, and print whatever was left behind."""
    with (
        temporary_folder() as folder,
        run_cluster(folder) as cluster,
        run_valkey(folder) as redis_url,
        side_by_side(cluster, redis_url, folder) as both,
    ):
        both.shop_id = both.install(SHOP)
        live(both, redis_url)
        for log in folder.glob("*.log"):
            print(log.read_text(errors="replace"))
        parked = both.rows(select(WebhookInbox.id).where(WebhookInbox.state == InboxState.PARKED))
        print(f"{len(both.sink())} mails, {len(parked)} parked")


if __name__ == "__main__":
    main()
