"""What the buyer still has, whichever of its two readings Shopify's own count follows."""

from hypothesis import given
from hypothesis import strategies as st

from app.orders.sent_back import Units

READINGS = st.booleans()  # whether `currentQuantity` leaves out what returns took back


@st.composite
def lives(draw, *, refunds=True):
    """One line's life: units removed or refunded before they were sent, refunded after, sent back, on the way back."""
    sent = draw(st.integers(1, 5))
    removed, dropped = draw(st.integers(0, 2)), draw(st.integers(0, 2)) if refunds else 0
    back = draw(st.integers(0, sent))
    coming = draw(st.integers(0, sent - back))
    paid_back = draw(st.integers(0, back)) if refunds else 0  # of what came back
    ordered, refunded = sent + removed + dropped, dropped + paid_back
    netted = draw(READINGS)
    current = ordered - removed - refunded - (back - paid_back + coming if netted else 0)
    units = Units(ordered, current, refunded, sent, back, coming)
    return units, sent - back, coming


@given(lives())
def test_what_came_back_whole_is_sent_back_and_what_is_left_with_the_buyer_is_not(life):
    units, out, coming = life
    if units.back and out == 0:
        assert units.is_sent_back
    if out > coming:
        assert not units.is_sent_back


@given(lives(refunds=False))
def test_an_open_return_takes_nothing_away_yet(life):
    units, out, _ = life
    assert (units.left > 0) == (units.current > 0 or (out > 0 and units.coming_back > 0))
    assert units.left >= units.current


def test_a_unit_refunded_in_its_return_is_one_unit():
    assert not Units(ordered=2, current=1, refunded=1, sent=2, back=1).is_sent_back


def test_what_was_refunded_in_full_is_called_refunded_unless_all_of_it_came_back():
    assert not Units(ordered=2, current=0, refunded=2, sent=2, back=1).is_sent_back
    assert Units(ordered=2, current=0, refunded=2, sent=2, back=2).is_sent_back


def test_without_a_closed_return_nothing_was_sent_back():
    assert not Units(ordered=1, current=0, sent=1, coming_back=1).is_sent_back
    assert not Units(ordered=1, current=0).is_sent_back


def test_what_is_refunded_while_its_return_is_open_does_not_count_again():
    assert Units(ordered=2, current=0, refunded=1, sent=1, coming_back=1).left == 0
