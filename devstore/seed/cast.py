"""The seven people of the demo, each of whom shows one thing; their order's note says which."""

import random
from datetime import datetime, timedelta

from devstore.seed.draft import Later, Package, Person, Sale
from devstore.seed.history import road_package
from devstore.seed.people import address
from devstore.seed.places import AU, DE, GB, JP, US, Land


def make_cast(now: datetime) -> tuple[list[Person], list[Sale]]:
    """Return Ana, Bernd, Chloe, Dai, Emi, Farid and Grace with an order each, all on the road."""
    ana = _person("Ana", "Ferreira", "ana@example.com", GB, 0, "subscribed", now)
    bernd = _person("Bernd", "Albrecht", "bernd@example.com", DE, 0, "not_subscribed", now)
    chloe = _person("Chloe", "Bennett", "chloe@example.com", GB, 1, "subscribed", now)
    dai = _person("Dai", "Mori", "dai@example.com", JP, 0, "subscribed", now)
    emi = _person("Emi", "Tanaka", "emi@example.com", AU, 0, "subscribed", now)
    farid = _person("Farid", "Haddad", "farid@example.com", GB, 4, "subscribed", now)
    grace = _person("Grace", "Osei", "grace@example.com", US, 2, "subscribed", now)
    kettle, mugs, coffee = ("harbour-kettle", 0, 1), ("stoneware-mugs", 1, 1), ("morning-ridge", 0, 2)
    dripper, filters, server = ("clay-dripper", 0, 1), ("paper-filters", 0, 1), ("glass-server", 0, 1)
    sales = [
        _road(ana, [kettle], now, 0.4, "Shows: Ana, the ordinary case. Arrives within the hour."),
        _road(bernd, [dripper], now, 3, "Shows: Bernd lives in Germany and has not agreed to advertising."),
        _road(chloe, [mugs], now, 5, "Shows: Chloe was refunded while her parcel was under way."),
        _road(dai, [coffee], now, 1.5, "Shows: Dai lives in Tokyo, so messages keep Tokyo's hours."),
        _road(emi, [mugs, filters], now, 6, "Shows: Emi's return is open."),
        _untracked(farid, [server], now, "Shows: Farid's parcel has no tracking, so nobody sees it arrive."),
        _split(grace, [dripper, filters, coffee], now, "Shows: Grace gets two of three items first."),
    ]
    by_name = {sale.person.first_name: sale for sale in sales}
    by_name["Chloe"].refund_at = now - timedelta(hours=20)
    by_name["Chloe"].refund_note = "Changed her mind; may keep the mugs"
    by_name["Emi"].return_at = now - timedelta(hours=15)
    by_name["Emi"].return_lines = [(0, 1), (1, 1)]
    return [ana, bernd, chloe, dai, emi, farid, grace], sales


def _person(first: str, last: str, email: str, land: Land, place: int, consent: str, now: datetime) -> Person:
    since = now - timedelta(days=90)
    return Person(
        first_name=first,
        last_name=last,
        email=email,
        locale=land.locale,
        address=address(random.Random(email), land, land.places[place], first, last),
        consent=consent,
        since=since,
        consent_at=since if consent == "subscribed" else None,
    )


def _lines(lines: list[tuple[str, int, int]]) -> list[tuple[int, int]]:
    return [(place, quantity) for place, (_, _, quantity) in enumerate(lines)]


def _road(person: Person, lines: list[tuple[str, int, int]], now: datetime, hours: float, note: str) -> Sale:
    shipped = now - timedelta(days=1, hours=22)
    package = road_package(shipped, _lines(lines), person, now, hours)
    return Sale(person, shipped - timedelta(hours=7), lines, note=note, packages=[package])


def _untracked(person: Person, lines: list[tuple[str, int, int]], now: datetime, note: str) -> Sale:
    shipped = now - timedelta(days=1, hours=4)
    package = Package(shipped, _lines(lines), tracked=False)
    return Sale(person, shipped - timedelta(hours=9), lines, note=note, packages=[package])


def _split(person: Person, lines: list[tuple[str, int, int]], now: datetime, note: str) -> Sale:
    """Two of three lines arrive within hours; the third is held up for twelve days."""
    shipped = now - timedelta(days=2, hours=20)
    first = road_package(shipped, [(0, 1), (1, 1)], person, now, 4)
    second = road_package(now - timedelta(hours=20), [(2, lines[2][2])], person, now, 12 * 24)
    second.later.insert(0, Later(60, "scan", {"status": "delayed", "city": "Memphis"}))
    return Sale(person, shipped - timedelta(hours=6), lines, note=note, packages=[first, second])
