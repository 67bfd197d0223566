"""Make the shoppers: names, addresses, languages and consents as they are spread in such a shop."""

import random
import unicodedata
from datetime import datetime, timedelta
from typing import Any

from devstore.seed.draft import Person
from devstore.seed.places import LANDS, Land, Place

# How often somebody agreed to marketing at checkout, and how often they took it back later.
AGREED = {"GB": 0.55, "US": 0.6, "DE": 0.35, "JP": 0.5, "AU": 0.55}
TOOK_BACK = 0.06


def make_people(dice: random.Random, count: int, now: datetime, mark: str = "") -> list[Person]:
    """Return that many customers with addresses @example.com, each once; `mark` keeps two shops' apart."""
    taken: set[str] = set()
    people: list[Person] = []
    while len(people) < count:
        land = dice.choices(LANDS, [one.share for one in LANDS])[0]
        person = make_person(dice, land, now, mark, taken)
        taken.add(person.email)
        people.append(person)
    return people


def make_person(dice: random.Random, land: Land, now: datetime, mark: str, taken: set[str]) -> Person:
    """Return one customer of a country whose address is not taken."""
    first, _, first_latin = dice.choice(land.first).partition("/")
    last, _, last_latin = dice.choice(land.last).partition("/")
    stem = f"{latin(first_latin or first)}.{latin(last_latin or last)}{mark}"
    email, number = f"{stem}@example.com", 2
    while email in taken:
        email, number = f"{stem}{number}@example.com", number + 1
    since = now - timedelta(days=dice.uniform(61, 700))
    agreed = dice.random() < AGREED[land.code]
    consent = ("unsubscribed" if dice.random() < TOOK_BACK else "subscribed") if agreed else "not_subscribed"
    return Person(
        first_name=first,
        last_name=last,
        email=email,
        locale=land.locale,
        address=address(dice, land, dice.choice(land.places), first, last),
        consent=consent,
        since=since,
        consent_at=since if agreed else None,
        phone=land.phone.format(dice.randrange(1000)) if dice.random() < 0.4 else None,
    )


def address(dice: random.Random, land: Land, place: Place, first: str, last: str) -> dict[str, Any]:
    """Return an address as the country writes it; it has no id yet."""
    street, number = dice.choice(land.streets), dice.randrange(1, 120)
    line = (
        f"{street}{number}"
        if land.code == "JP"
        else f"{street} {number}"
        if land.code == "DE"
        else f"{number} {street}"
    )
    return {
        "first_name": first,
        "last_name": last,
        "company": None,
        "address1": line,
        "address2": None,
        "city": place.city,
        "province": place.province,
        "province_code": place.province_code,
        "zip": place.zip,
        "country": land.name,
        "country_code": land.code,
        "phone": None,
    }


def latin(name: str) -> str:
    """Write a name with plain letters, for an address."""
    for odd, plain in (("ß", "ss"), ("ı", "i"), ("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        name = name.lower().replace(odd, plain)
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(letter for letter in bare if letter.isalnum())
