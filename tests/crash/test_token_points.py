"""A worker that dies while renewing a shop's tokens, killed and failed: the shop stays connected."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from sqlalchemy import select

from app.kit.work import unit_of_work
from app.shopify.asking import gateway
from app.shops import tokens
from app.shops.install import ensure_installed
from app.shops.models import Shop, ShopStatus
from tests.shops.test_tokens import DOMAIN, TokenServer, current, keep, let_it_age

ACTIONS = ("kill", "raise", "hang", "stop")


@pytest.fixture
def shopify(wired):
    """Issue pairs over a real socket, so that what a killed process was told stays told."""
    server = TokenServer()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told = server.handle(httpx.Request("POST", "https://shop.example", content=body))
            self.send_response(told.status_code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told.content)))
            self.end_headers()
            self.wfile.write(told.content)

        def log_message(self, *_):
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    wired.parts["http"] = gateway.open_client(f"http://127.0.0.1:{listener.server_port}")
    access, refresh = server.issue()
    server.alive[refresh] = None
    with unit_of_work(wired) as session:
        keep(session, ensure_installed(session, DOMAIN), access, refresh)
    yield server
    listener.shutdown()
    listener.server_close()


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("point", ["T1", "T2"])
def test_a_shop_stays_connected(wired, crash, shopify, point, action):
    let_it_age(wired)
    with unit_of_work(wired) as session:
        shop_id = session.scalars(select(Shop.id)).one()
    crash.run(point, action, lambda: tokens.renew(wired, shop_id))
    living = current(wired)
    assert living == f"shpua_{shopify.count}"  # the newest pair Shopify issued, and one that can be renewed again
    let_it_age(wired)
    assert current(wired) == f"shpua_{shopify.count}"
    with unit_of_work(wired) as session:
        assert session.scalars(select(Shop.status)).one() is ShopStatus.ACTIVE
