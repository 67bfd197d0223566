"""A merchant in their admin: a connected shop, orders as a test wants them, pages asked for with ID tokens."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

from sqlalchemy import select

from app.catalog.models import Product
from app.customers.models import Customer
from app.flows.models import FollowUp, FollowUpState
from app.kit.events import emit
from app.kit.work import unit_of_work
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment, FulfillmentLine
from app.orders.record.told import OrderChanged
from app.shopify.entry.token_pair import TokenPair
from app.shopify.models import SyncCursor
from app.shops import tokens
from app.shops.install import ensure_installed
from app.shops.models import ShopProfile
from tests.database import API_KEY, API_SECRET
from tests.shopify.test_id_token import claims, signed

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday; noon in London too
DAY = timedelta(days=1)
PICTURE = "https://kiln.example.com/kettle.png"


class Merchant:
    """Drive one shop. `clock["now"]` is business time; tests move it."""

    def __init__(self, wired, clock, domain="kiln-and-kettle.myshopify.com", name="Kiln & Kettle", picture=PICTURE):
        self.wired, self.clock, self.domain, self.picture = wired, clock, domain, picture
        self.client = wired.parts["flask"].test_client()
        self.ids = count(1)
        with unit_of_work(wired) as session:
            shop = ensure_installed(session, domain)
            self.id = shop.id
            later = datetime.now(UTC) + 50 * DAY
            tokens.store_pair(session, shop, TokenPair("shpua_x", later, "shprt_x", later, frozenset({"read_orders"})))
            session.add(
                ShopProfile(
                    shop_id=shop.id,
                    shopify_id=548380009 + shop.id,
                    name=name,
                    contact_email="hello@kiln.example.com",
                    timezone="Europe/London",
                    currency="GBP",
                    country="GB",
                    address="12 Potters Lane, Stoke-on-Trent",
                    primary_url="https://kiln.example.com",
                    source_updated_at=NOON,
                )
            )
            session.add(
                SyncCursor(shop_id=shop.id, known_until=NOON, stage="products", next_at=NOON + DAY, finished_at=NOON)
            )

    @property
    def now(self):
        return self.clock["now"]

    def pass_time(self, **delta):
        self.clock["now"] += timedelta(**delta)

    @contextmanager
    def work(self):
        with unit_of_work(self.wired, shop_id=self.id) as session:
            yield session

    def order(self, first="Ana", *, placed=2, sent=None, arrived=None, country="GB", province=None, **changes):
        """Keep an order placed, sent and arrived so many days ago, as a webhook would; return its id."""
        with self.work() as session:
            n = next(self.ids)
            customer = Customer(
                shop_id=self.id, shopify_id=9000 + n, email=f"{first.lower()}{n}@example.com", first_name=first,
                last_name="Ferreira", country=country,
            )  # fmt: skip
            product = Product(
                shop_id=self.id, shopify_id=7000 + n, title="Harbour Kettle", handle="harbour-kettle", status="active",
                image_url=self.picture, source_updated_at=self.now,
            )  # fmt: skip
            session.add_all([customer, product])
            session.flush()
            facts = {
                "shopify_id": 5000 + n, "name": f"#{1400 + n}", "customer_id": customer.id, "email": customer.email,
                "locale": "en", "country": country, "province": province, "recipient_name": first, "currency": "GBP",
                "total": Decimal(64), "financial_status": "paid", "placed_at": self.now - placed * DAY,
                "source_updated_at": self.now,
            }  # fmt: skip
            order = Order(shop_id=self.id, **facts | changes)
            session.add(order)
            session.flush()
            line = OrderLine(
                shop_id=self.id, order_id=order.id, shopify_id=6000 + n, product_shopify_id=product.shopify_id,
                title="Harbour Kettle", quantity=1, current_quantity=1, requires_shipping=True, price=Decimal(64),
            )  # fmt: skip
            session.add(line)
            session.flush()
            if sent is not None:
                parcel = Fulfillment(
                    shop_id=self.id, order_id=order.id, shopify_id=8000 + n, status="success",
                    tracking_company="Royal Mail", tracking_number=f"RM{n}",
                    tracking_url="https://track.example.com/RM", shipped_at=self.now - sent * DAY,
                    delivered_at=None if arrived is None else self.now - arrived * DAY,
                    delivered_source=None if arrived is None else "carrier_event", source_updated_at=self.now,
                )  # fmt: skip
                session.add(parcel)
                session.flush()
                session.add(
                    FulfillmentLine(shop_id=self.id, fulfillment_id=parcel.id, order_line_id=line.id, quantity=1)
                )
                session.flush()
            emit(session, OrderChanged(order.id))
            return order.id

    def told(self, order_id):
        """Say that something about an order changed, as any webhook about it does."""
        with self.work() as session:
            emit(session, OrderChanged(order_id))

    def rows(self, statement):
        with self.work() as session:
            return session.execute(statement).all()

    def plans(self, step=None):
        """Return the planned rows by (order name, step)."""
        query = select(Order.name, FollowUp).join(Order, Order.id == FollowUp.order_id).order_by(FollowUp.id)
        return {(name, row.step): row for name, row in self.rows(query) if step in {None, row.step}}

    def pending(self):
        return {key: row for key, row in self.plans().items() if row.state is not FollowUpState.DONE}

    def token(self, secret=API_SECRET):
        issuer = f"https://{self.domain}"
        return signed(claims(aud=API_KEY, iss=f"{issuer}/admin", dest=issuer), secret)

    def forged(self):
        """Headers as ours, with a token somebody else signed."""
        return self.headers() | {"Authorization": f"Bearer {self.token('somebody-elses-secret-0123456789')}"}

    def open(self, path):
        """Load a page as a document."""
        return self.client.get(f"{path}{'&' if '?' in path else '?'}shop={self.domain}&id_token={self.token()}")

    def fetch(self, path):
        """Ask for a page as htmx does."""
        return self.client.get(path, headers=self.headers())

    def post(self, path, **fields):
        """Send a form as htmx does."""
        return self.client.post(path, data=fields, headers=self.headers())

    def headers(self):
        return {
            "Authorization": f"Bearer {self.token()}", "HX-Request": "true", "Accept": "text/html",
            "Sec-Fetch-Dest": "empty",
        }  # fmt: skip
