"""What a merchant sees, at the widths they have: nothing scrolls sideways, nothing breaks WCAG 2.1 AA."""

import pytest

from app import wiring
from app.kit import runtime
from tests.admin import in_admin
from tests.admin.merchant import Merchant
from tests.browser import DESKTOP, PHONE, TABLET, axe, picture, sideways
from tests.database import make_config
from tests.devstore_platform.conftest import database

__all__ = ["database"]

pytestmark = pytest.mark.browser


@pytest.fixture
def admin(cluster, migrated, redis_url, clock, database, monkeypatch, tmp_path):
    """The shop's merchant and the address of the app in their admin."""
    ports = {"app": in_admin.free_port(), "devstore": in_admin.free_port()}
    url = cluster.create_database(template=migrated)
    addresses = {
        "APP_URL": f"http://127.0.0.1:{ports['app']}",
        "SHOPIFY_GATEWAY_URL": f"http://127.0.0.1:{ports['devstore']}",
    }
    app = wiring.create_app(make_config(url, redis_url, **addresses))
    here = runtime.current()
    here.parts["flask"] = app
    merchant = Merchant(here, clock, picture=f"http://127.0.0.1:{ports['devstore']}/admin/static/app.svg")
    with in_admin.admin_of(app, database, monkeypatch, ports, tmp_path / "sink.jsonl") as address:
        yield merchant, address
    here.engines.dispose()
    cluster.drop_database(url)


def opened(open_page, address, path="", width=DESKTOP):
    page = open_page(width)
    page.goto(f"{address}{path}")
    frame = page.frame_locator("#app")
    frame.locator("s-page").wait_for()
    return page, frame


def looked_at(page, name):
    picture(page, f"admin-{name}")
    assert sideways(page) == []
    assert axe(page) == []


@pytest.mark.parametrize("width", [PHONE, TABLET, DESKTOP])
def test_every_page_at_every_width(admin, open_page, width):
    merchant, address = admin
    for name in ("Ana", "Bernd", "Dai"):
        merchant.order(name, sent=1, country={"Dai": "JP", "Bernd": "DE"}.get(name, "GB"))
    merchant.order("Cleo", sent=5, arrived=1)
    for name, path in {
        "first": "",
        "start": "/start?include=yes&shopify=no",
        "flows": "/flows",
        "step": "/flows/review_request",
    }.items():
        page, _ = opened(open_page, address, path, width)
        looked_at(page, name)
        page.close()
    merchant.post("/start", shopify="no", include="yes")
    for name, path in {"started": "/started", "home": ""}.items():
        page, _ = opened(open_page, address, path, width)
        looked_at(page, name)
        page.close()
    merchant.post("/pause")
    page, _ = opened(open_page, address, "", width)
    looked_at(page, "paused")
