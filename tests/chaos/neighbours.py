"""How late shops' webhooks are, alone or beside shops that Shopify answers badly for.

`python -m tests.chaos.neighbours alone|beside`: one web process, one worker a queue and a ticker, on servers of their
own. Six shops are told of an order four times a second together, each time the app has to ask for it; beside them three
shops whose answers take ten seconds, are refused for the rate, or are a 503. Prints JSON: from kept to applied, in
seconds.
"""

import base64
import hashlib
import hmac
import http.client
import json
import sys
import time
from datetime import UTC, datetime, timedelta

import psycopg

from app.kit.work import unit_of_work
from app.shopify.entry.token_pair import TokenPair
from app.shops import tokens
from app.shops.install import ensure_installed
from bench import due_orders
from bench.load import granian
from bench.machines import SECRET, child, free_port, machines
from bench.sends import wired
from tests.chaos.gateway import BADLY, Gateway

TOLD_S, WARM_S, AFTERWARDS_S = 45, 3, 15
HEALTHY = [f"well-{number}.myshopify.com" for number in range(6)]
BAD = [f"{how}-0.myshopify.com" for how in BADLY]
GAP_S = 1 / 4
BAD_EVERY = 4  # one a second of theirs, together
LAGS = """select extract(epoch from applied_at - received_at)::float from webhook_inbox
    where shop_domain like 'well-%' and webhook_id like 'told-%' and state = 'applied' order by 1"""
LEFT = "select count(*) from webhook_inbox where shop_domain like 'well-%' and state = 'received'"


def main(bad):
    """Tell of orders for a while, of the bad shops' too; return how late the others' were."""
    gateway = Gateway()
    try:
        with machines() as here:
            port = free_port()
            shopify = f"http://127.0.0.1:{gateway.server_port}"
            env = here.app(SHOPIFY_GATEWAY_URL=shopify, APP_URL=f"http://127.0.0.1:{port}")
            _install(env)
            flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
            log = here.folder / "app.log"
            with (
                child(granian(port), env, log, port),
                child([*flask, "worker", "inbox"], env, log),
                child([*flask, "worker", "bulk"], env, log),
                child([*flask, "ticker"], env, log),
            ):
                line = http.client.HTTPConnection("127.0.0.1", port, timeout=8)
                _tell(line, "warm", WARM_S)
                _rest(here.super_url)
                _tell(line, "told", TOLD_S, bad)
                _rest(here.super_url)
                found = _lags(here.super_url)
    finally:
        gateway.stop()
    return found | {"asked_badly": sum(how in BADLY for how, _ in gateway.asked)}


def _install(env):
    here = wired(env)
    later = datetime.now(UTC) + timedelta(days=30)  # tokens live in real time
    for number, domain in enumerate([*HEALTHY, *BAD]):
        due_orders.shop_with_flows(here, domain, 548380009 + number)
        with unit_of_work(here) as session:
            pair = TokenPair(f"shpua_{number}", later, f"shprt_{number}", later, frozenset({"read_orders"}))
            tokens.store_pair(session, ensure_installed(session, domain), pair)
    here.engines.dispose()


def _tell(line, phase, seconds, bad=()):
    """Tell of orders at a steady rate; every fourth time a bad shop is told of one too."""
    began = time.monotonic()
    for number in range(round(seconds / GAP_S)):
        time.sleep(max(0.0, began + number * GAP_S - time.monotonic()))
        _post(line, HEALTHY[number % len(HEALTHY)], f"{phase}-{number}")
        if bad and number % BAD_EVERY == 0:
            _post(line, bad[number // BAD_EVERY % len(bad)], f"{phase}-bad-{number}")


def _post(line, domain, name):
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4])
    body = json.dumps({"order_edit": {"id": number, "order_id": number}}).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/edited",
        "X-Shopify-Shop-Domain": domain,
        "X-Shopify-Hmac-SHA256": base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode(),
        "X-Shopify-Webhook-Id": name,
        "X-Shopify-Triggered-At": "2026-01-01T00:00:00Z",
    }
    line.request("POST", "/webhooks", body, headers)
    answer = line.getresponse()
    answer.read()
    if answer.status != http.client.OK:
        raise RuntimeError(f"a webhook was answered {answer.status}")


def _ask(url, statement, *facts):
    with psycopg.connect(url, autocommit=True) as connection:
        return [value for (value,) in connection.execute(statement, facts or None)]


def _rest(url):
    ends = time.monotonic() + AFTERWARDS_S
    while _ask(url, LEFT) != [0] and time.monotonic() < ends:
        time.sleep(0.2)


def _lags(url):
    """Return how many were told, and how late half of them, 95 of 100 and the last were; never is an hour late."""
    told = round(TOLD_S / GAP_S)
    lags = _ask(url, LAGS)
    lags += [3600.0] * (told - len(lags))
    return {"told": told, "median_s": lags[told // 2], "p95_s": lags[told * 95 // 100], "longest_s": lags[-1]}


if __name__ == "__main__":
    print(json.dumps(main({"alone": [], "beside": BAD}[sys.argv[1]])))
