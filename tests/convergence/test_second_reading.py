"""What the first pass tells of a large shop's last sixty days that its bulk operation and the details had not.

The decision about the second reading rests on it: docs/decisions/history-beside-the-first-pass.md.
"""

from sqlalchemy import select

from app.flows.syncing import sync
from app.orders.imports import ImportState
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment, FulfillmentEvent, FulfillmentLine
from app.orders.reversals import Refund, RefundLine, ReturnCase, ReturnLine
from tests.convergence.test_history import past, read_all, row

__all__ = ["past"]

TABLES = (Order, OrderLine, Fulfillment, FulfillmentLine, FulfillmentEvent, Refund, RefundLine, ReturnCase, ReturnLine)
ONLY_A_PASS = {
    ("order", "status_url"),  # the link to the order in its mails
    ("order", "stalls_at"),  # from when on it is paid for too long without anything sent
    ("fulfillment", "late_at"),
    ("order", "read_as"),  # that a pass has read it
    ("return_case", "source_updated_at"),  # when we looked: Shopify does not date it
}


def kept(both):
    """Return every row of orders and of what hangs on them: (table, id) → its columns."""
    with both.work_in_shop(both.past_id) as session:
        return {
            (table.__tablename__, one.id): {
                column.name: getattr(one, column.name) for column in table.__table__.columns
            }
            for table in TABLES
            for one in session.scalars(select(table))
        }


def test_the_first_pass_adds_the_link_to_the_order_and_when_to_worry_and_nothing_else(past):
    read_all(past, all_orders=False)
    assert row(past).state is ImportState.DONE
    before = kept(past)
    sync.walk(past.wired, past.past_id)
    after = kept(past)
    assert before.keys() == after.keys()
    changed = {(key[0], name) for key in after for name in after[key] if after[key][name] != before[key][name]}
    assert {("order", "status_url"), ("order", "read_as")} <= changed <= ONLY_A_PASS
    orders = [values for (table, _), values in after.items() if table == "order"]
    assert len(orders) > 5
    assert all(values["status_url"] for values in orders)
