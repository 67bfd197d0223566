"""How a simulated run begins: which shops there are, who buys, and the app installed with its flows started."""

from datetime import UTC, datetime

from app.kit import periodic
from app.kit.queue import BULK
from app.kit.work import unit_of_work
from tests.simulator.lives import COUNTRIES, Life
from tests.simulator.merchants import begin
from tests.simulator.things import Person, Shop

# Clocks go back on the way: in Europe on the 25th, in America a week on.
BEGINNING = datetime(2026, 10, 12, 6, 0, 7, tzinfo=UTC)
SHOPS = (("aa", "GB", "Europe/London"), ("bb", "US", "America/New_York"), ("cc", "JP", "Asia/Tokyo"))
DEAD = 0.04  # of the addresses: nobody is there
MERGED = 0.05  # of the buyers turn out to be another one


def populate(world, now, shops):
    """Make the shops and what they sell."""
    for short, country, zone in shops:
        shop = Shop(world.new_id(), f"{short}-shop.myshopify.com", f"Shop {short.upper()}", country, zone, now)
        shop.products = {world.new_id() * 10: f"Product {short} {number}" for number in range(5)}
        world.shops[shop.domain] = shop


def settle(on, world, often=None):
    """Install the app in every shop and start its flows, before anything goes wrong; return our ids by domain.

    `often` names the periodic jobs that run; all of them where it is None.
    """
    ids = {}
    was, on.fates.healed = on.fates.healed, True
    with unit_of_work(on.wired) as session:
        periodic.plan(session, on.wired.parts["periodic"] if often is None else often)
    for domain in world.shops:
        ids[domain] = on.install(on.shopify, domain)
        on.bells.rung.add(BULK)
        on.work_until_quiet()
        begin(on, ids[domain])
        world.note(on.hub.now, "started", world.shops[domain])
    on.fates.healed = was
    return ids


def draw(dice, world, orders):
    """Draw every order's life; some people buy twice, and one address buys in two shops."""
    lives = []
    shops = list(world.shops.values())
    for number in range(orders):
        shop = dice.choice(shops)
        if shop.people and dice.random() < 0.1:
            person = dice.choice(list(shop.people.values()))
        else:
            name = "gone" if dice.random() < DEAD else "person"
            number_of = number if dice.random() < 0.9 else 0
            agreed = dice.choice(["not_subscribed", "subscribed"])
            facts = (f"{name}{number_of}@example.com", "Ana", dice.choice(COUNTRIES), agreed, BEGINNING, BEGINNING)
            person = Person(world.new_id(), *facts)
            if any(one.email == person.email for one in shop.people.values()):
                person.email = f"person{number}.b@example.com"
            shop.people[person.id] = person
        lives.append(Life(dice, shop, person))
    _merge_some(dice, lives)
    return lives


def _merge_some(dice, lives):
    """Have some of those who bought turn out to be one person, once both have ordered."""
    for life in lives:
        if dice.random() < MERGED:
            others = [one for one in lives if one.shop is life.shop and one.person is not life.person]
            if others:
                other = dice.choice(others)
                placed = max(one.acts[0][0] for one in (life, other))
                life.at(placed + dice.uniform(1, 250), "merge", into=other.person)
