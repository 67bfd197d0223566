"""What a merchant leaves out stays out, each with its own reason; a gift is known by note, field or recipient."""

import pytest
from sqlalchemy import select, update

from app.catalog.models import Product
from app.customers.models import Customer
from app.flows.models import FollowUp
from app.flows.sending import drain
from app.orders.gift import gift_by, is_renewal
from app.orders.models import Order
from app.shops.left_out import LeftOut
from app.shops.measures import Measures
from app.shops.settings import save
from tests.guard.crowd import asked_of


@pytest.mark.parametrize(
    ("section", "change", "reason"),
    [
        (LeftOut(products="other\nPRODUCT-900000 "), None, "product_excluded"),
        (LeftOut(product_tags="sample"), update(Product).values(tags="new, Sample"), "product_tag_excluded"),
        (LeftOut(collections="Table"), update(Product).values(collections="1 new\n2 table"), "collection_excluded"),
        (LeftOut(order_tags="wholesale"), update(Order).values(tags="VIP, Wholesale"), "order_tag_excluded"),
        (LeftOut(customer_tags="staff"), update(Customer).values(tags="staff"), "customer_tag_excluded"),
        (LeftOut(emails="ana@example.com"), update(Order).values(email="ana@example.com"), "person_excluded"),
        (Measures(gifts="nobody"), update(Order).values(gift="note"), "gift"),
        (Measures(gifts="nobody", gift_by_recipient=True), update(Order).values(recipient_name="Bela"), "gift"),
        (Measures(), update(Order).values(renewal=True), "subscription_renewal"),
    ],
)
def test_each_kind_is_left_out_by_its_own_reason(wired, started, sink, section, change, reason):
    asked_of(started, 1, 1)
    with started.work() as session:
        save(session, section, by="user:7")
        if change is not None:
            session.execute(change)
    drain.drain(wired)
    assert [row.reason for row in started.rows(select(FollowUp.reason))] == [reason]
    assert sink.delivered == []


def test_what_another_shop_would_leave_out_goes(wired, started, sink):
    asked_of(started, 1, 1)
    with started.work() as session:
        session.execute(update(Product).values(collections="1 new\n2 tables"))
        other = LeftOut(products="product-1", collections="table\n1", order_tags="wholesale", emails="x@example.com")
        save(session, other, by="user:7")
    drain.drain(wired)
    assert len(sink.delivered) == 1


@pytest.mark.parametrize(
    ("note", "attributes", "by"),
    [
        (None, [("Gift", "yes")], "attribute"),
        (None, [("gift_message", "Happy birthday")], "attribute"),
        (None, [("Gift", "No")], None),
        (None, [("Gift wrap", "")], None),
        ("It is a gift for my mother", [], "note"),
        ("Das ist ein Geschenk!", [], "note"),
        ("Please send the gift card by mail", [], None),
        ("not a gift", [], None),
        ("Leave at the door", [("engraving", "present")], None),
        (None, [], None),
    ],
)
def test_a_gift_is_known_by_what_the_buyer_said(note, attributes, by):
    assert gift_by(note, attributes) == by


@pytest.mark.parametrize(
    ("source", "tags", "renewal"),
    [
        ("subscription_contract", [], True),
        ("web", ["Subscription", "Subscription Recurring Order"], True),
        ("web", ["Subscription", "Subscription First Order"], False),
        ("web", [], False),
        (None, [], False),
    ],
)
def test_a_renewal_is_known_by_its_source_or_its_tag(source, tags, renewal):
    assert is_renewal(source, tags) is renewal


def test_a_gift_is_asked_about_in_words_for_a_gift_and_without_a_price(wired, started, sink):
    asked_of(started, 1, 1)
    with started.work() as session:
        session.execute(update(Order).values(gift="attribute", recipient_name="Bela"))
    drain.drain(wired)
    (message,) = (each.decode() for each in sink.delivered)
    assert "as a gift" in message
    assert "£" not in message
    assert "Bela" not in message
