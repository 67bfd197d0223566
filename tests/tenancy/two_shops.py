"""Two shops on one database: one whose merchant looks around, one whose every text says whose it is."""

from sqlalchemy import Text, text

from app.customers.models import Erasure, ErasureKind
from app.flows.replay.job.begin import Asked, begin
from app.kit.db import Base, EnumText
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.messages.models import Message, MessageItem, MessageState, TrackedLink
from app.messages.signed.links import Purpose, path
from app.orders.models import Order, OrderLine
from app.reviews.models import Review
from app.reviews.states import ReviewState
from tests.admin.flow_documents import save, send, wait
from tests.admin.merchant import Merchant
from tests.as_written import rewrite

OURS, THEIRS = "Ownquartz", "Foreignjade"  # names nobody has, whole in whatever page shows them
TOKENS = {"access_token"}  # sealed: their texts are no secret, and a page that asks Shopify needs them whole
# Words with a meaning of their own: spoiled, they would break the other shop's pages instead of showing there.
VOCABULARY = {
    *("timezone", "zone", "country", "province", "currency", "locale", "status", "reason", "outcome", "source"),
    *(
        "key",
        "natural_key",
        "request_key",
        "public_id",
        "kind",
        "item_kind",
        "subject_kind",
        "step",
        "section",
        "stage",
    ),
    *("message_class", "financial_status", "fulfillment_status", "delivered_source", "paused_by", "target", "purpose"),
}


class Side:
    """One shop with one of everything an address can name: `ids` by word."""

    def __init__(self, merchant, name):
        self.merchant, self.name = merchant, name
        self.order = merchant.order(name, sent=5, arrived=1)
        merchant.order(f"{name}2", placed=0, sent=0)
        with merchant.work() as session:
            line = session.query(OrderLine).filter_by(shop_id=merchant.id, order_id=self.order).one()
            customer = _customer(session, merchant, self.order)
            self.message = _message(session, merchant, customer, self.order, line.id, name)
            review = _review(session, merchant, customer, line, name)
            request = Erasure(
                shop_id=merchant.id,
                kind=ErasureKind.EXPORT,
                request_key=name,
                requested_at=merchant.now,
                due_at=merchant.now,
                done_at=merchant.now,
                result={"customers": [{"first_name": name}]},
            )
            session.add(request)
            session.flush()
            self.ids = {"customer": customer, "order": self.order, "review": review, "request": request.id}
            self.ids["replay"] = begin(session, Asked("parcel", 1), 30, by="user:7")
        self.ids["follow_up"] = next(row.id for row in merchant.pending().values())

    def link(self, purpose, *, shop_id=None, public_id=None):
        """Return the path of a signed link."""
        mine = self.message["click"] if purpose is Purpose.CLICK else self.message["message"]
        return path(self.merchant.wired.config, purpose, shop_id or self.merchant.id, public_id or mine)


def two_shops(wired, clock):
    """Return both sides; every text of the second says that it is foreign."""
    ours = Merchant(wired, clock)
    theirs = Merchant(wired, clock, "fernside-tea.myshopify.com", THEIRS)
    for one in (ours, theirs):
        answer = one.post("/start", shopify_sends_shipping_mails="no", include_on_the_road="yes")
        assert answer.status_code in {200, 303}, answer.text
        save(one, wait("use_it", 2), send("care_mail"), key="care")
        save(one, key="spare")
    sides = Side(ours, OURS), Side(theirs, THEIRS)
    mark(wired, theirs.id)
    return sides


def mark(wired, shop_id):
    """Write the foreign name into every free text of a shop, in every tenant table."""
    with unit_of_work(wired, role=SYSTEM) as session:
        for table in Base.metadata.sorted_tables:
            names = [column.name for column in table.c if _is_free_text(column)]
            if "shop_id" not in table.c or not names or table.name in TOKENS:
                continue
            put = {name: f"concat('{THEIRS} {table.name}.{name} ', \"{name}\")" for name in names}
            if table.info.get("as_written"):
                rewrite(session, table.name, put, "shop_id = :shop", shop=shop_id)
                continue
            written = ", ".join(f'"{name}" = {value}' for name, value in put.items())
            session.execute(text(f'update "{table.name}" set {written} where shop_id = :shop'), {"shop": shop_id})


def _is_free_text(column):
    plain = isinstance(column.type, Text) and not isinstance(column.type, EnumText)
    return plain and column.name not in VOCABULARY


def _customer(session, merchant, order_id):
    return session.get_one(Order, (merchant.id, order_id)).customer_id


def _message(session, merchant, customer_id, order_id, line_id, name):
    message = Message(
        shop_id=merchant.id,
        follow_up_id=-1,
        order_id=order_id,
        customer_id=customer_id,
        public_id=f"message-of-{name}",
        step="review_request",
        message_class="review_ask",
        recipient=f"{name.lower()}@example.com",
        locale="en",
        subject=f"How is it, {name}?",
        state=MessageState.ACCEPTED,
        created_at=merchant.now,
        accepted_at=merchant.now,
    )
    session.add(message)
    session.flush()
    item = MessageItem(
        shop_id=merchant.id, message_id=message.id, item_kind="order_line", item_id=line_id, step="review_request"
    )
    link = TrackedLink(
        shop_id=merchant.id,
        message_id=message.id,
        public_id=f"click-of-{name}",
        purpose="tracking",
        position=0,
        target="https://track.example.com/RM",
    )
    session.add_all([item, link])
    session.flush()
    return {"message": message.public_id, "click": link.public_id}


def _review(session, merchant, customer_id, line, name):
    review = Review(
        shop_id=merchant.id,
        order_line_id=line.id + 10_000,
        customer_id=customer_id,
        order_id=line.order_id,
        product_shopify_id=line.product_shopify_id,
        public_id=f"review-of-{name}",
        rating=4,
        body=f"{name} likes it.",
        name_shown=name,
        locale="en",
        state=ReviewState.PENDING,
        submitted_at=merchant.now,
    )
    session.add(review)
    session.flush()
    return review.id
