"""Draw who is not a person: bulk buyers who empty shelves, and card testers who try stolen numbers at night."""

import random
from datetime import datetime, timedelta

from devstore.generator.draw.catalogue import Trade
from devstore.generator.draw.demand import Demand, Sale
from devstore.generator.draw.people import Person, draw_person
from devstore.generator.truth import Bought

BULK, TESTER = "bulk_buyer", "card_tester"


def draw_odd(demand: Demand) -> None:
    """Add the year's share of bulk buyers and card testers to a shop's people and sales."""
    years = (demand.until - demand.since).days / 365.25
    for kind, yearly in ((BULK, demand.rates.bulk_buyers), (TESTER, demand.rates.card_testers)):
        whole, rest = divmod(yearly * years, 1)
        for _ in range(int(whole) + (demand.dice.random() < rest)):
            at = demand.since + (demand.until - demand.since) * demand.dice.random()
            demand.sales += _bulk(demand, at) if kind == BULK else _tests(demand, at)


def _come(demand: Demand, bot: str) -> Person:
    person = draw_person(demand.dice, len(demand.people) + 1, demand.shop, demand.rates)
    person.bot, person.guest, person.other = bot, bot == TESTER, None
    person.consent = "not_subscribed"
    demand.people.append(person)
    return person


def _bulk(demand: Demand, at: datetime) -> list[Sale]:
    """Return a dozen or more large orders of one thing by one buyer, minutes apart."""
    dice, person = demand.dice, _come(demand, BULK)
    line = _cheapest(dice, demand.trade, dice.randrange(20, 60))
    moments = (at + timedelta(minutes=3 * place + dice.random()) for place in range(dice.randrange(12, 25)))
    return [Sale(moment, person, (line,), "bulk", person.address) for moment in moments if moment < demand.until]


def _tests(demand: Demand, at: datetime) -> list[Sale]:
    """Return a night of small orders, each under another address, seconds apart; none is ever paid."""
    dice, line = demand.dice, _cheapest(demand.dice, demand.trade, 1)
    moments = (at + timedelta(seconds=20 * place + dice.randrange(9)) for place in range(dice.randrange(15, 40)))
    people = ((moment, _come(demand, TESTER)) for moment in moments if moment < demand.until)
    return [Sale(moment, person, (line,), "card_test", person.address) for moment, person in people]


def _cheapest(dice: random.Random, trade: Trade, quantity: int) -> Bought:
    carried = [item for item in trade.items if item.goods.forms[0].shipped]
    item = min(carried, key=lambda one: (one.goods.forms[0].price, dice.random()))
    return Bought(item.handle, 0, quantity, item.goods.forms[0].price, carried=True)
