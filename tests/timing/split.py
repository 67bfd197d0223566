"""An order that comes in several parcels, and time passing over it until nothing is due."""

from datetime import timedelta

from sqlalchemy import func, select

from app.flows.models import Enrollment, FollowUp, FollowUpState
from app.flows.sending.drain import drain
from app.messages.models import Message, MessageItem
from app.orders.models import OrderLine
from app.orders.parcels import Fulfillment, FulfillmentLine

ASK = "review_request"


class SplitOrder:
    """Drive one order of several lines; everything is told at the merchant's now."""

    def __init__(self, merchant, lines=3, **order):
        self.merchant = merchant
        self.id = merchant.order("Grace", placed=0, **order)
        with merchant.work() as session:
            for n in range(1, lines):
                session.add(
                    OrderLine(
                        shop_id=merchant.id, order_id=self.id, shopify_id=60_000 + 100 * self.id + n,
                        product_shopify_id=None, title=f"Thing {n}", quantity=1, current_quantity=1,
                        requires_shipping=True, price=1,
                    )
                )  # fmt: skip
        rows = merchant.rows(select(OrderLine.id).where(OrderLine.order_id == self.id).order_by(OrderLine.id))
        self.lines = [row.id for row in rows]

    def ship(self, *lines, quantity=1):
        """Send lines (0, 1 …) as one parcel; return its id."""
        with self.merchant.work() as session:
            number = session.scalar(select(func.count()).select_from(Fulfillment))
            parcel = Fulfillment(
                shop_id=self.merchant.id, order_id=self.id, shopify_id=90_000 + number, status="success",
                tracking_company="Royal Mail", tracking_number=f"RM{number}", tracking_url="https://t.example.com/1",
                shipped_at=self.merchant.now, source_updated_at=self.merchant.now,
            )  # fmt: skip
            session.add(parcel)
            session.flush()
            for line in lines:
                session.add(
                    FulfillmentLine(
                        shop_id=self.merchant.id, fulfillment_id=parcel.id, order_line_id=self.lines[line],
                        quantity=quantity,
                    )
                )  # fmt: skip
            parcel_id = parcel.id
        self.merchant.told(self.id)
        return parcel_id

    def change(self, parcel_id, **facts):
        with self.merchant.work() as session:
            parcel = session.get_one(Fulfillment, (self.merchant.id, parcel_id))
            for name, value in facts.items():
                setattr(parcel, name, value)
        self.merchant.told(self.id)

    def deliver(self, parcel_id, at=None):
        self.change(parcel_id, delivered_at=at or self.merchant.now, delivered_source="carrier_event")

    def said(self, step=ASK):
        """Return the messages of a step about this order: (when, the places of the lines each is about)."""
        rows = self.merchant.rows(
            select(Message.id, Message.accepted_at, FollowUp.done_at, MessageItem.item_kind, MessageItem.item_id)
            .join(MessageItem, MessageItem.message_id == Message.id)
            .join(FollowUp, FollowUp.id == Message.follow_up_id)
            .where(Message.order_id == self.id, Message.step == step)
            .order_by(Message.id, MessageItem.item_id)
        )
        told = {}
        for row in rows:
            about = self.lines.index(row.item_id) if row.item_kind == "order_line" else row.item_id
            told.setdefault((row.id, row.done_at), []).append(about)
        return [(at, about) for (_, at), about in told.items()]

    def row(self, parcel_id, step=ASK):
        (found,) = self.merchant.rows(
            select(FollowUp)
            .join(Enrollment, Enrollment.id == FollowUp.enrollment_id)
            .where(Enrollment.subject_kind == "fulfillment", Enrollment.subject_id == parcel_id, FollowUp.step == step)
        )
        return found[0]


def live(merchant, until=None, **ahead):
    """Let time pass, stopping wherever something is due, and let the sends worker work there."""
    until = until or merchant.now + timedelta(**ahead)
    for _ in range(200):
        due = [
            row.due_at
            for (row,) in merchant.rows(select(FollowUp).where(FollowUp.state == FollowUpState.SCHEDULED))
            if row.due_at <= until
        ]
        if not due:
            merchant.clock["now"] = until
            return
        merchant.clock["now"] = max(merchant.now, min(due))
        drain(merchant.wired)
    raise AssertionError("something is due again and again")
