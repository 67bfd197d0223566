"""One shop's people, orders, parcels and mails, put straight into the tables."""

import itertools
from datetime import timedelta

from app.catalog.models import Product, Variant
from app.customers.models import Customer
from app.kit.clock import real_now
from app.kit.signing import new_public_id
from app.kit.work import unit_of_work
from app.messages.models import Message, MessageItem, MessageState, TrackedLink
from app.messages.signed import links
from app.messages.signed.links import Purpose
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment, FulfillmentLine
from app.shops.install import ensure_installed
from app.shops.models import ShopProfile

NUMBERS = itertools.count(7_000)
DOMAIN = "kiln-and-kettle.myshopify.com"
PICTURE = "https://cdn.shop.example.com/kettle.png"


class Mailed:
    """Hold one order that arrived and the mail about it; `path(purpose)` is its signed link."""

    def __init__(self, people, message_id, order_id, customer_id, lines, products, public_id):
        self.people, self.message_id, self.order_id, self.customer_id = people, message_id, order_id, customer_id
        self.lines, self.products, self.public_id = lines, products, public_id

    def path(self, purpose, shop_id=None):
        return links.path(self.people.config, purpose, shop_id or self.people.id, self.public_id)

    @property
    def review(self):
        return self.path(Purpose.REVIEW)

    def rated(self, stars, body="", **more):
        """The form as a browser sends it, the same stars and words for every line."""
        form = {f"rating-{line}": str(stars) for line in self.lines} | {f"body-{line}": body for line in self.lines}
        return form | more


class People:
    """Put people and their orders into one installed shop."""

    def __init__(self, wired, domain=DOMAIN, name="Kiln & Kettle"):
        self.wired, self.config, self.domain = wired, wired.config, domain
        with unit_of_work(wired) as session:
            self.id = ensure_installed(session, domain).id
            session.add(
                ShopProfile(
                    shop_id=self.id,
                    shopify_id=next(NUMBERS),
                    name=name,
                    contact_email="hello@kiln.example.com",
                    timezone="Europe/London",
                    currency="GBP",
                    country="GB",
                    address="12 Potters Lane, Stoke-on-Trent",
                    primary_url="https://kiln.example.com",
                    source_updated_at=real_now(),
                )
            )

    def work(self):
        return unit_of_work(self.wired, shop_id=self.id)

    def rows(self, statement):
        with self.work() as session:
            return session.execute(statement).all()

    def mail(self, *titles, now=None, **facts):
        """An order of these things that arrived a week ago, and the mail that asks about it."""
        with self.work() as session:
            return self.put(session, titles or ("Harbour kettle",), now or real_now(), **facts)

    def put(
        self,
        session,
        titles,
        now,
        *,
        locale="en",
        country="GB",
        email=None,
        order_email=None,
        arrived=True,
        asked=True,
        step="review_request",
        products=None,
        first_name="Ana",
        sold=True,
        picture=PICTURE,
    ):
        number = next(NUMBERS)
        customer = Customer(
            shop_id=self.id,
            shopify_id=number,
            email=email or f"ana{number}@example.com",
            first_name=first_name,
            last_name="Weber-Canary",
            locale=locale,
            country=country,
        )
        session.add(customer)
        session.flush()
        order = self._order(session, number, customer, now, country, locale)
        order.email = order_email or order.email
        parcel = Fulfillment(
            shop_id=self.id,
            order_id=order.id,
            shopify_id=number,
            status="success",
            shipped_at=now - timedelta(days=10),
            delivered_at=now - timedelta(days=7, hours=12) if arrived else None,
            delivered_source="carrier_event" if arrived else None,
            source_updated_at=now - timedelta(days=7),
        )
        session.add(parcel)
        session.flush()
        products = products or [next(NUMBERS) for _ in titles]
        lines = [
            self._line(session, order, parcel, title, product, sold, picture)
            for title, product in zip(titles, products, strict=True)
        ]
        message = Message(
            shop_id=self.id,
            follow_up_id=-number,
            order_id=order.id,
            customer_id=customer.id,
            public_id=new_public_id(),
            step=step,
            message_class="review_ask",
            recipient=order.email,
            locale=locale,
            subject="How has it been?",
            state=MessageState.ACCEPTED,
            created_at=now - timedelta(minutes=5),
            accepted_at=now - timedelta(minutes=5),
        )
        session.add(message)
        session.flush()
        if asked:
            session.add_all(
                MessageItem(shop_id=self.id, message_id=message.id, item_kind="order_line", item_id=line, step=step)
                for line in lines
            )
        session.flush()
        return Mailed(self, message.id, order.id, customer.id, lines, products, message.public_id)

    def link(self, mailed, target, purpose="tracking", position=0):
        """A tracked link of the mail; its path."""
        public_id = new_public_id()
        with self.work() as session:
            session.add(
                TrackedLink(
                    shop_id=self.id,
                    message_id=mailed.message_id,
                    public_id=public_id,
                    purpose=purpose,
                    position=position,
                    target=target,
                )
            )
        return links.path(self.config, Purpose.CLICK, self.id, public_id)

    def _order(self, session, number, customer, now, country, locale):
        placed = now - timedelta(days=12)
        order = Order(
            shop_id=self.id,
            shopify_id=number,
            name=f"#{number}",
            customer_id=customer.id,
            email=customer.email,
            locale=locale,
            country=country,
            currency="GBP",
            total=64,
            financial_status="paid",
            placed_at=placed,
            paid_at=placed,
            source_updated_at=placed,
        )
        session.add(order)
        session.flush()
        return order

    def _line(self, session, order, parcel, title, product_id, sold, picture):
        product = session.query(Product).filter_by(shop_id=self.id, shopify_id=product_id).one_or_none()
        if product is None:
            product = Product(
                shop_id=self.id,
                shopify_id=product_id,
                title=title,
                handle=f"product-{product_id}",
                status="active",
                image_url=picture,
                source_updated_at=order.placed_at,
            )
            session.add(product)
            session.flush()
            session.add(
                Variant(
                    shop_id=self.id,
                    shopify_id=product_id,
                    product_id=product.id,
                    title="",
                    available=sold,
                    source_updated_at=order.placed_at,
                )
            )
        line = OrderLine(
            shop_id=self.id,
            order_id=order.id,
            shopify_id=next(NUMBERS),
            product_shopify_id=product_id,
            variant_shopify_id=product_id,
            title=title,
            quantity=1,
            current_quantity=1,
            requires_shipping=True,
        )
        session.add(line)
        session.flush()
        session.add(
            FulfillmentLine(shop_id=self.id, fulfillment_id=parcel.id, order_line_id=line.id, quantity=1),
        )
        session.flush()
        return line.id
