"""The two demo shops, each as one draft."""

import random
from datetime import datetime, timedelta
from typing import Any

from devstore.seed.cast import make_cast
from devstore.seed.draft import Store
from devstore.seed.goods import FERNSIDE_TEA, KILN_AND_KETTLE, KILN_AND_KETTLE_RANGES
from devstore.seed.history import make_history
from devstore.seed.people import make_people

# Hours after installation at which the sixteen ordinary parcels under way arrive.
ARRIVALS = [0.7, 1.1, 2.0, 2.6, 3.5, 4.5, 7.0, 9.0, 14.0, 21.0, 28.0, 34.0, 46.0, 52.0, 75.0, 98.0]
PEOPLE, ORDERS = 260, 412
SPAMMER = "Simulated: writes reviews full of links"
SCANNER = "Simulated: a mail scanner opens every link at once"


def kiln_and_kettle(dice: random.Random, now: datetime) -> Store:
    """Return the main shop: the cast and 405 ordinary orders of 260 customers over sixty days."""
    cast, theirs = make_cast(now)
    people = make_people(dice, PEOPLE - len(cast), now)
    ordinary = make_history(dice, people, KILN_AND_KETTLE, now, ORDERS - len(theirs), ARRIVALS)
    # The first buyers have the parcels under way: two of them behave badly once mail arrives.
    people[2].note, people[3].note = SPAMMER, SCANNER
    for odd in people[2:4]:
        odd.consent, odd.consent_at = "subscribed", odd.since
    facts: dict[str, Any] = {
        "handle": "kiln-and-kettle",
        "name": "Kiln & Kettle",
        "plan": "plus",
        "email": "owner@example.com",
        "contact_email": "hello@example.com",
        "owner": "Maria Lindqvist",
        "phone": "+44 20 7946 0100",
        "address1": "4 Potters Row",
        "city": "Bristol",
        "zip": "BS1 6QH",
        "province": "England",
        "province_code": "ENG",
        "country_code": "GB",
        "country": "United Kingdom",
        "currency": "GBP",
        "locale": "en",
        "iana_timezone": "Europe/London",
        "description": "Things for a slower cup, and the coffee to go in it.",
        "installed": False,
        "created_at": now - timedelta(days=800),
        "updated_at": now - timedelta(days=70),
    }
    return Store(facts, KILN_AND_KETTLE, [*cast, *people], [*theirs, *ordinary], KILN_AND_KETTLE_RANGES)


def fernside_tea(dice: random.Random, now: datetime) -> Store:
    """Return the second shop, there to show that shops do not see each other."""
    people = make_people(dice, 24, now, mark=".fern")
    facts: dict[str, Any] = {
        "handle": "fernside-tea",
        "name": "Fernside Tea",
        "email": "fern@example.com",
        "contact_email": "tea@example.com",
        "owner": "Wren Alder",
        "phone": None,
        "address1": "88 Fern Hill Road",
        "city": "Portland",
        "zip": "97205",
        "province": "Oregon",
        "province_code": "OR",
        "country_code": "US",
        "country": "United States",
        "currency": "USD",
        "locale": "en",
        "iana_timezone": "America/Los_Angeles",
        "description": "Leaves, pots and no hurry.",
        "installed": False,
        "created_at": now - timedelta(days=500),
        "updated_at": now - timedelta(days=50),
    }
    return Store(facts, FERNSIDE_TEA, people, make_history(dice, people, FERNSIDE_TEA, now, 40, [5.0, 30.0]))
