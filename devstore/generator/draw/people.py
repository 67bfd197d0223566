"""Draw who buys: a name, an address or two, a language, consent, and the zone their evenings are in."""

import random
from dataclasses import dataclass, field
from typing import Any

from devstore.generator.draw.homes import AGREED, LANDS, Home
from devstore.generator.rates import Rates
from devstore.seed.people import address, latin

TOOK_BACK = 0.06
GIVEN = ("Alex", "Sam", "Robin", "Kim", "Noor", "Jo")


@dataclass
class Person:
    """One customer as the truth knows them."""

    number: int
    home: Home
    first_name: str
    last_name: str
    email: str
    phone: str | None
    consent: str
    address: dict[str, Any]
    other: dict[str, Any] | None  # a second address: work, a partner's place
    guest: bool
    subscribes: bool
    bot: str | None = None
    is_again: int | None = None  # the number of the customer this one really is
    habits: dict[str, float] = field(default_factory=dict)

    @property
    def locale(self) -> str:
        """Return the language they read."""
        return self.home.land.locale


def draw_person(dice: random.Random, number: int, shop: str, rates: Rates) -> Person:
    """Return somebody new; addresses are @example.com and each is used once in all shops."""
    land = dice.choices(LANDS, [one.share for one in LANDS])[0]
    home = Home(land, dice.choice(land.places))
    first, _, first_latin = dice.choice(land.first).partition("/")
    last, _, last_latin = dice.choice(land.last).partition("/")
    agreed = dice.random() < AGREED[land.code]
    other = None
    if dice.random() < rates.second_address:
        other = address(dice, land, dice.choice(land.places), first, last)
    return Person(
        number=number,
        home=home,
        first_name=first,
        last_name=last,
        email=f"{latin(first_latin or first)}.{latin(last_latin or last)}.{number}.{shop}@example.com",
        phone=land.phone.format(dice.randrange(1000)) if dice.random() < 0.4 else None,
        consent=("unsubscribed" if dice.random() < TOOK_BACK else "subscribed") if agreed else "not_subscribed",
        address=address(dice, land, home.place, first, last),
        other=other,
        guest=dice.random() < rates.guest,
        subscribes=dice.random() < rates.subscribes,
    )


def again(dice: random.Random, number: int, known: Person) -> Person:
    """Return a known person who comes with another address and name, as a customer of their own."""
    name, _, domain = known.email.partition("@")
    return Person(
        number=number,
        home=known.home,
        first_name=known.first_name[:1] + ".",
        last_name=known.last_name,
        email=f"{name}.b@{domain}",
        phone=known.phone,
        consent=dice.choice(("not_subscribed", "unsubscribed", "subscribed")),
        address=known.other or known.address,
        other=None,
        guest=False,
        subscribes=False,
        is_again=known.number,
    )


def gift_address(dice: random.Random, person: Person) -> dict[str, Any]:
    """Return where somebody else lives: the buyer's land, another name, mostly another town."""
    land = person.home.land
    first = dice.choice(GIVEN)
    return address(dice, land, dice.choice(land.places), first, dice.choice(land.last).partition("/")[0])
