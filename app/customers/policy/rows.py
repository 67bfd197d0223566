"""The table: country × message class × channel → what is needed to write. Pure.

A row for a country comes before one for all others. What a country's law leaves open is held to the stricter reading;
docs/decisions/country-policy.md says where.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from app.customers.legal_basis import MessageClass
from app.customers.policy import sources
from app.customers.policy.terms import Channel, Need, Row, Source

GERMAN: Final = frozenset({"DE", "AT"})
OTHER_EEA: Final = frozenset(
    {"BE", "BG", "HR", "CY", "CZ", "DK", "EE", "ES", "FI", "FR", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT", "NL"}
    | {"PL", "PT", "RO", "SE", "SI", "SK", "IS", "LI", "NO"}
)
TWO_YEARS: Final = timedelta(
    days=730
)  # the CASL window after a purchase; one day less than two with a leap day in them
PROMOTION: Final = frozenset({MessageClass.MARKETING, MessageClass.MIXED})
ASK: Final = frozenset({MessageClass.REVIEW_ASK})
SALE: Final = frozenset({MessageClass.TRANSACTIONAL})
ANYWHERE: Final[frozenset[str]] = frozenset()


def _mail(countries: frozenset[str], classes: frozenset[MessageClass], need: Need, why: str, source: Source) -> Row:
    return Row(countries, classes, Channel.EMAIL, need, why, source)


ROWS: Final[tuple[Row, ...]] = (
    _mail(ANYWHERE, SALE, Need.NOTHING, "News of the sale itself needs no consent.", sources.EPRIVACY),
    # Review requests by mail
    _mail(
        frozenset({"DE"}),
        ASK,
        Need.SOFT_OPT_IN,
        "In Germany a review request counts as advertising.",
        sources.BGH_2018,
    ),
    _mail(
        frozenset({"AT"}), ASK, Need.SOFT_OPT_IN, "In Austria a review request counts as advertising.", sources.TKG_174
    ),
    _mail(
        OTHER_EEA,
        ASK,
        Need.SOFT_OPT_IN,
        "In the EU a review request may count as advertising.",
        sources.EPRIVACY,
    ),
    _mail(
        frozenset({"CH"}),
        ASK,
        Need.SOFT_OPT_IN,
        "In Switzerland a review request may count as advertising.",
        sources.SWISS_UWG,
    ),
    _mail(
        frozenset({"GB"}),
        ASK,
        Need.CUSTOMER,
        "In the United Kingdom a buyer may be asked about the purchase itself.",
        sources.ICO_SERVICE,
    ),
    Row(
        frozenset({"CA"}),
        ASK | PROMOTION,
        Channel.EMAIL,
        Need.IMPLIED,
        "In Canada a purchase stands for consent for two years.",
        sources.CASL_10,
        lasts=TWO_YEARS,
    ),
    _mail(
        frozenset({"US"}),
        ASK,
        Need.CUSTOMER,
        "In the USA a buyer may be asked until they object.",
        sources.CAN_SPAM,
    ),
    _mail(
        frozenset({"AU"}),
        ASK,
        Need.CUSTOMER,
        "In Australia consent follows from a purchase until it is taken back.",
        sources.SPAM_ACT_AU,
    ),
    _mail(
        frozenset({"NZ"}),
        ASK,
        Need.CUSTOMER,
        "In New Zealand consent follows from a purchase until it is taken back.",
        sources.NZ_2007,
    ),
    _mail(
        frozenset({"JP"}),
        ASK,
        Need.CUSTOMER,
        "In Japan somebody one does business with may be written to until they object.",
        sources.JP_26_2002,
    ),
    _mail(
        ANYWHERE,
        ASK,
        Need.CUSTOMER,
        "No rule of this country against asking a buyer about their own order is known to us.",
        sources.OUR_CHOICE,
    ),
    # Promotion by mail
    _mail(
        GERMAN | OTHER_EEA,
        PROMOTION,
        Need.SOFT_OPT_IN,
        "In the EU promotion needs consent, or a sale at which buyers could refuse it.",
        sources.EPRIVACY,
    ),
    _mail(
        frozenset({"GB"}),
        PROMOTION,
        Need.SOFT_OPT_IN,
        "In the United Kingdom promotion needs consent, or a sale at which buyers could refuse it.",
        sources.PECR_22,
    ),
    _mail(
        frozenset({"CH"}),
        PROMOTION,
        Need.SOFT_OPT_IN,
        "In Switzerland promotion needs consent, or a sale at which buyers could refuse it.",
        sources.SWISS_UWG,
    ),
    _mail(
        frozenset({"US"}),
        PROMOTION,
        Need.SOFT_OPT_IN,
        "The USA ask for no consent before promotion; we still wait until buyers could refuse it.",
        sources.CAN_SPAM,
    ),
    _mail(
        frozenset({"AU"}),
        PROMOTION,
        Need.SOFT_OPT_IN,
        "In Australia consent may follow from a sale; we take it from one at which buyers could refuse.",
        sources.SPAM_ACT_AU,
    ),
    _mail(
        frozenset({"NZ"}),
        PROMOTION,
        Need.SOFT_OPT_IN,
        "In New Zealand consent may follow from a sale; we take it from one at which buyers could refuse.",
        sources.NZ_2007,
    ),
    _mail(
        frozenset({"JP"}),
        PROMOTION,
        Need.SOFT_OPT_IN,
        "In Japan promotion needs consent or a business relation; we take it from a sale at which buyers could refuse.",
        sources.JP_26_2002,
    ),
    _mail(
        ANYWHERE, PROMOTION, Need.CONSENT, "Without a rule we know, promotion waits for consent.", sources.OUR_CHOICE
    ),
    # Texts and WhatsApp: nothing goes there yet
    Row(
        ANYWHERE,
        SALE,
        Channel.SMS,
        Need.CONSENT,
        "A text about the order needs the buyer's number given for it.",
        sources.TCPA,
    ),
    Row(
        ANYWHERE,
        ASK | PROMOTION,
        Channel.SMS,
        Need.WRITTEN,
        "A text that promotes or asks needs consent in writing for texts.",
        sources.TCPA,
    ),
    Row(
        ANYWHERE,
        SALE | ASK | PROMOTION,
        Channel.WHATSAPP,
        Need.WRITTEN,
        "WhatsApp asks for an opt-in for WhatsApp.",
        sources.WHATSAPP,
    ),
)
UNKNOWN_COUNTRY: Final = Row(
    ANYWHERE,
    ASK | PROMOTION,
    Channel.EMAIL,
    Need.CONSENT,
    "The country is unknown, so the strictest rule holds.",
    sources.OUR_CHOICE,
)
