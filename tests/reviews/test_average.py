"""Whatever happens to a product's reviews, in whatever order, its summary is the one its rows give."""

import itertools
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.orders.models import Order
from app.reviews import change
from app.reviews.desk.decide import hide, publish
from app.reviews.models import Review
from app.reviews.page.forms import ReviewDraft
from app.reviews.page.submit import Writer, submit
from app.reviews.states import HiddenReason
from app.reviews.storefront.keep_summary import stored
from app.reviews.storefront.ratings import summarise

PRODUCTS = itertools.count(500_000)
SHOPPERS = 3
BODIES = ("", "Good.", "Leaks.", "see www.kettles.example", "ana@example.org")

said = st.tuples(st.just("said"), st.integers(0, SHOPPERS - 1), st.integers(1, 5), st.sampled_from(BODIES))
decided = st.tuples(st.sampled_from(["published", "hidden"]), st.integers(0, SHOPPERS - 1))


def happen(session, mails, deeds):
    reviews = {}
    for what, who, *more in deeds:
        mailed = mails[who]
        if what == "said":
            stars, body = more
            order = session.get_one(Order, (mailed.people.id, mailed.order_id))
            draft = ReviewDraft(mailed.lines[0], stars, body, "Ana")
            (reviews[who],) = submit(session, order, [draft], Writer(mailed.customer_id, "Ana", "en"))
        elif who in reviews and what == "published":
            publish(session, reviews[who].id, by="Maria")
        elif who in reviews:
            hide(session, reviews[who].id, HiddenReason.ABUSE, by="Maria")
    return reviews.values()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.one_of(said, decided), min_size=1, max_size=12))
def test_any_sequence_of_deeds_equals_computing_anew(people, deeds):
    product = next(PRODUCTS)
    mails = [people.mail(products=[product]) for _ in range(SHOPPERS)]
    with people.work() as session:
        reviews = happen(session, mails, deeds)
        rows = session.execute(select(Review.rating, Review.state).where(Review.product_shopify_id == product)).all()
        assert len(rows) == len(reviews)
        assert (stored(session, product) or summarise([])) == summarise(rows)
        assert all(change.is_whole(session, one) for one in reviews)
        session.rollback()


@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["published", "pending", "hidden"]))))
def test_a_summary_counts_every_review_once(rows):
    summary = summarise(rows)
    shown = [stars for stars, state in rows if state == "published"]
    assert summary.received == len(rows)
    assert summary.published == sum(summary.histogram.values()) == len(shown)
    assert summary.hidden == sum(state == "hidden" for _, state in rows)
    if shown:
        assert abs(summary.average - Decimal(sum(shown)) / len(shown)) <= Decimal("0.05")
    else:
        assert summary.average is None
