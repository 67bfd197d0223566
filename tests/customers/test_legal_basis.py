"""What the law lets us send, as a table."""

import pytest

from app.customers.legal_basis import Basis, MessageClass, legal_basis

ASK, NEWS, ADS, BOTH = (
    MessageClass.REVIEW_ASK,
    MessageClass.TRANSACTIONAL,
    MessageClass.MARKETING,
    MessageClass.MIXED,
)


@pytest.mark.parametrize(
    ("message_class", "country", "agreed", "basis"),
    [
        (ASK, "DE", False, None),  # a review request is advertising there
        (ASK, "AT", False, None),
        (ASK, "de", False, None),  # however the checkout spells it
        (ASK, "DE", True, Basis.CONSENT),
        (ASK, "US", False, Basis.CUSTOMER),
        (ASK, "GB", False, Basis.CUSTOMER),
        (ASK, "GB", True, Basis.CONSENT),
        (ASK, None, False, None),  # it could be Germany
        (ASK, "", False, None),
        (ASK, "ZZ", False, None),
        (ASK, "Germany", False, None),
        (ASK, None, True, Basis.CONSENT),  # what satisfies the strictest country satisfies an unknown one
        (NEWS, "DE", False, Basis.SALE),
        (NEWS, None, False, Basis.SALE),
        (ADS, "US", False, None),
        (ADS, "US", True, Basis.CONSENT),
        (BOTH, "GB", False, None),
        (BOTH, "GB", True, Basis.CONSENT),
    ],
)
def test_the_basis_depends_on_class_country_and_consent(message_class, country, agreed, basis):
    assert legal_basis(message_class, country, agreed=agreed) is basis
