"""The simulated shop beside the app: where reviews are published to, and what its storefront would show."""

import httpx
import pytest
from sqlalchemy import delete, func, select, update

from app.kit.clock import real_now
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work as work
from app.reviews.settings import StandardStars
from app.shopify.asking import gateway, outgoing
from app.shopify.asking.admin import AdminClient
from app.shopify.models import OutgoingCall
from app.shops import settings
from app.shops.models import AccessToken
from devstore.app import create_app
from devstore.platform.announce import install_app
from devstore.platform.install import installation_of, shop_by_handle
from devstore.platform.names import app_number
from devstore.platform.tables import Metafield, MetafieldDefinition, Metaobject
from devstore.state.engine import unit_of_work
from devstore.state.models import Product
from devstore.storefront.blocks import render_block
from devstore.storefront.metaobjects import Metaobjects
from tests.devstore_platform import conftest as platform

EXTENSION = platform.ROOT / "extension" / "theme"
PRODUCT = 8_123

database = platform.database


class Store:
    """Answer the app as Shopify does; `lose(name)` loses the reply to the next such mutation.

    `before[name]` is called as such a mutation comes in.
    """

    def __init__(self, app):
        self.app, self.asked, self.lost, self.before = app, [], [], {}
        self.token = platform.exchange(app.test_client()).json["access_token"]
        self.http = gateway.open_client("http://127.0.0.1:9000", httpx.MockTransport(self._answer))

    def _answer(self, request):
        asked = request.content.decode()
        for name in [name for name in self.before if name in asked]:
            self.before.pop(name)()
        reply = httpx.WSGITransport(app=self.app).handle_request(request)
        reply.read()
        self.asked.append(asked)
        for name in [name for name in self.lost if name in asked]:
            self.lost.remove(name)
            raise httpx.ReadTimeout("the reply was lost")
        return reply

    def client(self, *_):
        return AdminClient(self.http, platform.DOMAIN, self.token)

    def lose(self, name):
        self.lost.append(name)

    def times(self, name):
        return sum(name in asked for asked in self.asked)

    def metaobjects(self):
        with unit_of_work(announce=False) as session:
            return session.scalars(select(Metaobject)).all()

    def stars(self):
        with unit_of_work(announce=False) as session:
            rows = session.scalars(select(Metafield).where(Metafield.namespace == "reviews"))
            return {row.key: row.value for row in rows}

    def defined(self):
        with unit_of_work(announce=False) as session:
            return set(session.scalars(select(MetafieldDefinition.key)).all())

    def another_app_writes(self, key, value):
        with unit_of_work(announce=False) as session:
            session.execute(update(Metafield).where(Metafield.key == key).values(value=value))

    def grant(self):
        with unit_of_work(announce=False) as session:
            row = installation_of(session, shop_by_handle(session, platform.SHOP))
            row.scopes = [*row.scopes, "write_products"]

    def block(self, name, locale="en"):
        with unit_of_work(announce=False) as session:
            shop = shop_by_handle(session, platform.SHOP)
            kept = Metaobjects(session, shop.id, app_number(platform.KEY))
            scope = {
                "shop": {"name": "Kiln & Kettle", "metaobjects": kept},
                "product": {"id": PRODUCT, "title": "Harbour kettle", "url": "/products/harbour-kettle"},
            }
            return render_block(EXTENSION, name, scope, locale=locale)


@pytest.fixture
def store(database, wired, monkeypatch, tmp_path):
    platform.point_at(monkeypatch, database, tmp_path / "sink.jsonl")
    platform.empty()
    now = real_now()
    with unit_of_work(announce=False) as session:
        shop = shop_by_handle(session, platform.SHOP)
        install_app(session, shop)
        facts = {"handle": "harbour-kettle", "title": "Harbour kettle", "created_at": now, "updated_at": now}
        session.add(Product(id=PRODUCT, shop_id=shop.id, **facts))
    with work(wired, role=SYSTEM) as session:
        session.execute(delete(OutgoingCall))  # other tests' shops share the database, and this store knows one
    found = Store(create_app())
    monkeypatch.setitem(wired.parts, "admin", found.client)
    monkeypatch.setitem(wired.parts, "access_lost", lambda *_: False)
    yield found
    found.http.close()
    platform.forget()


def say(web, people, stars, body="", **facts):
    """Let a new shopper review the product."""
    mailed = people.mail(products=[PRODUCT], **facts)
    assert web.post(mailed.review, data=mailed.rated(stars, body)).status_code == 303
    return mailed


def retry(wired, people):
    """Let put-off calls come due, and run them."""
    with people.work() as session:
        session.execute(update(OutgoingCall).values(next_at=func.now() - outgoing.LAST_RETRY))
    outgoing.run_due(wired)


def calls(people):
    """What became of each call: its state and reason by its key."""
    wanted = select(OutgoingCall.natural_key, OutgoingCall.state, OutgoingCall.reason)
    return {row.natural_key: (row.state, row.reason) for row in people.rows(wanted)}


def allow_stars(people, *, scopes="read_products,write_products"):
    """Let the merchant allow the shared stars, with these scopes granted."""
    now = real_now()
    with people.work() as session:
        settings.save(session, StandardStars(allowed=True), by="Maria")
        session.add(
            AccessToken(
                shop_id=people.id,
                generation=1,
                access_token=b"",
                access_expires_at=now,
                refresh_token=b"",
                refresh_expires_at=now,
                scopes=scopes,
                refreshed_at=now,
            )
        )
