"""How late shops' webhooks are in a rush, with and without one shop that sends most of it.

`python -m tests.chaos.rush alone|beside [SECONDS] [A_SECOND] [SHOPS]`: a web process, two inbox workers and a ticker,
on servers of their own. So many changes of known orders a second are told, for which nobody has to be asked; one shop
sends seven of ten of them, which are left out where the others are alone. Prints JSON: what was answered, from kept to
applied in seconds, and how long after the last was kept all were applied.
"""

import base64
import hashlib
import hmac
import itertools
import json
import socket
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime

import psycopg

from bench import due_orders
from bench.load import granian
from bench.machines import SECRET, child, free_port, machines, sql
from bench.sends import wired
from tests.journeys.bodies import order_body

LINES = 8  # connections Shopify's webhooks come by
LOUD = "loud.myshopify.com"
LOUDLY = 7  # of ten
FIRST = 100_000  # the numbers of a shop's orders begin after it
REST_S = 600
WARM = 200  # told beforehand, so that everybody has begun
LEFT = "select count(*) from webhook_inbox where state = 'received'"
KEPT = "select count(*), count(*) filter (where state = 'applied') from webhook_inbox"
LAGS = """select extract(epoch from applied_at - received_at)::float from webhook_inbox
    where shop_domain <> %s and state = 'applied' order by 1"""
LATEST = "select extract(epoch from max(applied_at) - max(received_at))::float from webhook_inbox"


def main(mode, seconds, per_second, shops):
    """Tell of orders for a while; return what was answered, how late the others' were, and when all was applied."""
    with machines() as here:
        port = free_port()
        env = here.app(APP_URL=f"http://127.0.0.1:{port}")
        deliveries = _deliveries(mode, seconds * per_second, shops)
        _install(env, here.super_url, Counter(domain for _, domain, _ in deliveries))
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        log = here.folder / "app.log"
        with (
            child(granian(port), env, log, port),
            child([*flask, "worker", "inbox"], env, log),
            child([*flask, "worker", "inbox"], env, log),
            child([*flask, "ticker"], env, log),
        ):
            _tell(port, iter(deliveries[:WARM]), 0, per_second)
            if not _rest(here.super_url):
                raise TimeoutError("nobody applies anything")
            sql(here.super_url, "delete from webhook_inbox")
            answered = _tell(port, iter(deliveries), seconds, per_second)
            rested = _rest(here.super_url)
            lags = _ask(here.super_url, LAGS, LOUD)
            ((kept, applied),) = _rows(here.super_url, KEPT)
            (late,) = _ask(here.super_url, LATEST)
    return {
        "told": sum(answered.values()),
        "answered": dict(answered),
        "kept": kept,
        "applied": applied,
        "others": len(lags),
        "median_s": lags[len(lags) // 2],
        "p95_s": lags[len(lags) * 95 // 100],
        "longest_s": lags[-1],
        "all_applied_after_s": late if rested else None,
    }


def _install(env, super_url, orders):
    """Install shops, each with so many orders, its flows running."""
    here = wired(env)
    with psycopg.connect(super_url, autocommit=True) as connection:
        for number, (domain, count) in enumerate(orders.items()):
            shop, flow = due_orders.shop_with_flows(here, domain, 548380009 + number)
            due_orders.add(connection, shop, flow, count)
        connection.execute("vacuum analyze")
    here.engines.dispose()


def _deliveries(mode, many, shops):
    """Return (number, shop, which of its orders), without the loud shop's where the others are alone."""
    others, seen, found = [f"shop-{number:03}.myshopify.com" for number in range(shops - 1)], Counter(), []
    quiet = itertools.cycle(others)
    for number in range(many):
        domain = LOUD if number % 10 < LOUDLY else next(quiet)
        seen[domain] += 1
        if domain != LOUD or mode == "beside":
            found.append((number, domain, seen[domain]))
    return found


def _tell(port, deliveries, seconds, per_second):
    """Post each at its time, by LINES connections; return how often which status was answered."""
    answered, began, lock = Counter(), time.monotonic() + 1, threading.Lock()
    now = datetime.now(UTC)

    def post():
        with socket.create_connection(("127.0.0.1", port), 30) as line:
            heard = line.makefile("rb")
            while True:
                with lock:
                    delivery = next(deliveries, None)
                if delivery is None:
                    return
                number = delivery[0]
                words = _request(*delivery, now)
                time.sleep(max(0.0, began + number / per_second - time.monotonic()))
                line.sendall(words)
                status = _status(heard)
                with lock:
                    answered[status] += 1

    threads = [threading.Thread(target=post) for _ in range(LINES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + REST_S)
    return answered


def _request(number, domain, nth, now):
    order = FIRST + nth
    body = order_body(now, id=order, name=f"#{order}", email=f"c{order}@customer.example", tags=f"rush {number}")
    person = body["customer"] | {"id": order, "email": f"c{order}@customer.example"}
    lines = [body["line_items"][0] | {"id": order * 10 + place} for place in range(2)]
    raw = json.dumps(body | {"customer": person, "line_items": lines}).encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), raw, hashlib.sha256)).decode()
    head = {
        "Host": "127.0.0.1",
        "Content-Type": "application/json",
        "Content-Length": len(raw),
        "X-Shopify-Topic": "orders/updated",
        "X-Shopify-Shop-Domain": domain,
        "X-Shopify-Hmac-SHA256": signature,
        "X-Shopify-Webhook-Id": f"rush-{number}",
        "X-Shopify-Triggered-At": now.isoformat(),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    return f"POST /webhooks HTTP/1.1\r\n{lines}\r\n".encode() + raw


def _status(heard):
    """Read one answer; return its status."""
    status, length = int(heard.readline().split()[1]), 0
    while (line := heard.readline()) not in (b"\r\n", b""):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    heard.read(length)
    return status


def _rows(url, statement, *facts):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement, facts or None).fetchall()


def _ask(url, statement, *facts):
    return [value for (value,) in _rows(url, statement, *facts)]


def _rest(url):
    """Wait until nothing is left to apply; say whether it came to that."""
    ends = time.monotonic() + REST_S
    while time.monotonic() < ends:
        if _ask(url, LEFT) == [0]:
            return True
        time.sleep(0.5)
    return False


if __name__ == "__main__":
    sizes = [int(word) for word in sys.argv[2:]] or [60, 1_000, 1_000]
    print(json.dumps(main(sys.argv[1], *sizes)))
