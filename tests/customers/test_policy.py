"""The country table: every row has its source, and the matrix country × consent × class comes out as its rows say."""

import itertools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.customers.legal_basis import Basis, MessageClass
from app.customers.policy.judge import BUILT, Person, judge, row_for
from app.customers.policy.rows import GERMAN, OTHER_EEA, ROWS, UNKNOWN_COUNTRY
from app.customers.policy.terms import Channel, Declared, Need

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
BOUGHT = NOON - timedelta(days=20)
ASK, NEWS, ADS, BOTH = (
    MessageClass.REVIEW_ASK,
    MessageClass.TRANSACTIONAL,
    MessageClass.MARKETING,
    MessageClass.MIXED,
)
OFFERED, SERVICE = Declared(refusal_offered=True), Declared(asks_are_service=True)


def basis(message_class, country, *, agreed=False, refused=False, bought_at=BOUGHT, declared=None):
    person = Person(country, agreed, refused, bought_at)
    return judge(message_class, person, now=NOON, declared=declared).basis


@pytest.mark.parametrize("row", [*ROWS, UNKNOWN_COUNTRY], ids=lambda row: row.why)
def test_every_row_says_why_and_where_it_is_written(row):
    assert row.why.endswith(".")
    assert row.source.name
    assert row.source.checked <= date(2026, 12, 31)
    assert row.source.url.startswith("http") or (ROOT / row.source.url).is_file()
    assert (row.lasts is not None) is (row.need is Need.IMPLIED)


def test_every_class_and_channel_has_a_row_for_any_country_and_none_has_two():
    for channel, message_class in itertools.product(Channel, MessageClass):
        fitting = [row for row in ROWS if row.channel is channel and message_class in row.message_classes]
        named = [country for row in fitting for country in row.countries]
        assert len(named) == len(set(named))
        assert sum(not row.countries for row in fitting) == 1


@pytest.mark.parametrize(
    ("message_class", "country", "agreed", "expected"),
    [
        (ASK, "DE", False, None),  # a review request is advertising there
        (ASK, "AT", False, None),
        (ASK, "de", False, None),  # however the checkout spells it
        (ASK, "FR", False, None),  # and may be anywhere in the EU
        (ASK, "DE", True, Basis.CONSENT),
        (ASK, "US", False, Basis.CUSTOMER),
        (ASK, "GB", False, Basis.CUSTOMER),
        (ASK, "GB", True, Basis.CONSENT),
        (ASK, "BR", False, Basis.CUSTOMER),
        (ASK, None, False, None),  # it could be Germany
        (ASK, "", False, None),
        (ASK, "ZZ", False, None),
        (ASK, "Germany", False, None),
        (ASK, None, True, Basis.CONSENT),  # what satisfies the strictest country satisfies an unknown one
        (NEWS, "DE", False, Basis.SALE),
        (NEWS, None, False, Basis.SALE),
        (ADS, "US", False, None),
        (ADS, "US", True, Basis.CONSENT),
        (ADS, "CA", False, Basis.IMPLIED),
        (BOTH, "GB", False, None),
        (BOTH, "GB", True, Basis.CONSENT),
    ],
)
def test_the_basis_depends_on_class_country_and_consent(message_class, country, agreed, expected):
    assert basis(message_class, country, agreed=agreed) is expected


@pytest.mark.parametrize(
    "country", [*sorted(GERMAN | OTHER_EEA | {"GB", "CH", "US", "CA", "AU", "NZ", "JP", "BR"}), None]
)
def test_the_matrix_of_a_country_keeps_its_order(country):
    for message_class in MessageClass:
        need = row_for(message_class, country).need
        for agreed, refused in itertools.product((True, False), repeat=2):
            plain = basis(message_class, country, agreed=agreed, refused=refused)
            declared = basis(message_class, country, agreed=agreed, refused=refused, declared=OFFERED)
            if message_class is NEWS:
                assert plain is declared is Basis.SALE
            elif agreed and not refused:
                assert plain is declared is Basis.CONSENT
            elif need is Need.CUSTOMER:
                assert plain is declared is Basis.CUSTOMER
            elif refused:
                assert plain is declared is None  # an objection beats every basis but the sale itself
            else:
                expected = {Need.SOFT_OPT_IN: (None, Basis.SOFT_OPT_IN), Need.IMPLIED: (Basis.IMPLIED,) * 2}
                assert (plain, declared) == expected.get(need, (None, None))


def test_a_declared_refusal_at_checkout_opens_germany_and_asks_as_service_only_the_rest_of_the_eu():
    assert basis(ASK, "DE", declared=OFFERED) is Basis.SOFT_OPT_IN
    assert basis(ASK, "DE", declared=SERVICE) is None
    assert basis(ASK, "FR", declared=SERVICE) is Basis.CUSTOMER
    assert basis(ADS, "FR", declared=SERVICE) is None
    assert basis(ASK, None, declared=Declared(refusal_offered=True, asks_are_service=True)) is None


@pytest.mark.parametrize(("days", "expected"), [(729, Basis.IMPLIED), (730, None), (731, None)])
def test_in_canada_a_purchase_stands_for_consent_for_two_years(days, expected):
    assert basis(ADS, "CA", bought_at=NOON - timedelta(days=days)) is expected


def test_nothing_may_go_over_a_channel_that_is_not_built():
    assert {Channel.EMAIL} == BUILT
    everything = Person("US", agreed=True, bought_at=NOON)
    for channel in set(Channel) - BUILT:
        for message_class in MessageClass:
            assert judge(message_class, everything, now=NOON, declared=OFFERED, channel=channel).basis is None
