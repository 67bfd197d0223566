"""Fifty at once: one review per line, an unbroken history, an average that is the rows'."""

import threading

from sqlalchemy import select

from app.reviews import change
from app.reviews.desk.decide import hide, publish
from app.reviews.models import RatingSummary, Review, ReviewChange
from app.reviews.states import HiddenReason, ReviewState
from app.reviews.storefront.keep_summary import stored
from app.reviews.storefront.ratings import summarise

AT_ONCE = 50


def together(works):
    """Run all at the same moment, each in its own thread; return what they gave back, in order."""
    start, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(place, work):
        start.wait(30)
        answers[place] = work()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def again_while_busy(wired, path, form):
    """Post as a patient browser does: a full pool is answered 503, and the same form is sent again."""
    client = wired.parts["flask"].test_client()
    for _ in range(50):
        answer = client.post(path, data=form)
        if answer.status_code != 503:
            return answer.status_code
    return 503


def test_fifty_forms_at_once_are_one_review(wired, people):
    mailed = people.mail("Harbour kettle", "Mug set")
    forms = [mailed.rated(n % 5 + 1, f"Words {n}.") for n in range(AT_ONCE)]
    answers = together([lambda form=form: again_while_busy(wired, mailed.review, form) for form in forms])
    assert set(answers) == {303}
    with people.work() as session:
        reviews = session.scalars(select(Review)).all()
        assert sorted(one.order_line_id for one in reviews) == sorted(mailed.lines)
        for one in reviews:
            assert change.is_whole(session, one)
            kinds = session.scalars(select(ReviewChange.kind).where(ReviewChange.review_id == one.id)).all()
            assert sorted(kinds).count("submitted") == 1
            summary = stored(session, one.product_shopify_id)
            assert summary == summarise([(one.rating, one.state)])


def test_shoppers_and_the_merchant_at_once_leave_an_average_of_the_rows(wired, people):
    product = 90210
    mails = [people.mail(products=[product]) for _ in range(12)]
    web = wired.parts["flask"].test_client()
    for mailed in mails[:6]:
        web.post(mailed.review, data=mailed.rated(5, "Good."))
    with people.work() as session:
        ids = session.scalars(select(Review.id).order_by(Review.id)).all()

    def decided(review_id, verb, *more):
        with people.work() as session:
            verb(session, review_id, *more, by="Maria")

    works = [lambda m=m: again_while_busy(wired, m.review, m.rated(1, "Leaks.")) for m in mails[4:]]
    works += [lambda i=i: decided(i, hide, HiddenReason.SPAM) for i in ids[:4]]
    works += [lambda i=i: decided(i, publish) for i in ids[2:6]]
    together(works)
    with people.work() as session:
        reviews = session.scalars(select(Review)).all()
        assert len(reviews) == 12
        assert stored(session, product) == summarise([(one.rating, one.state) for one in reviews])
        assert all(change.is_whole(session, one) for one in reviews)
        assert len(session.scalars(select(RatingSummary)).all()) == 1


def test_what_was_hidden_stays_hidden_through_edits(web, people):
    mailed = people.mail()
    web.post(mailed.review, data=mailed.rated(1, "Buy mine instead."))
    with people.work() as session:
        review_id = session.scalars(select(Review.id)).one()
        hide(session, review_id, HiddenReason.SPAM, by="Maria")
    web.post(mailed.review, data=mailed.rated(5, "Sorry. It is good."))
    with people.work() as session:
        one = session.scalars(select(Review)).one()
        assert (one.state, one.body, one.rating) == (ReviewState.HIDDEN, "Sorry. It is good.", 5)
        assert stored(session, one.product_shopify_id).published == 0
        assert change.is_whole(session, one)
    page = web.get(f"{mailed.review}?done=1").get_data(as_text=True)
    assert "does not show this: it advertises something else." in page
