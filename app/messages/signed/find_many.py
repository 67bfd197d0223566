"""Find for many clicks and opens at once where they lead: what find.py answers for one, asked in one trip for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from app.kit.one_trip import Asked, one_trip
from app.kit.runtime import Runtime
from app.kit.work import unit_of_work
from app.messages.mail.context import WEB_ADDRESS
from app.messages.signed.links import Linked, Purpose

ENTER: Final = "select set_config('app.shop_id', %(shop)s::text, true)"
LIVING: Final = """(m.customer_id is null or exists (
        select from customer c where c.shop_id = m.shop_id and c.id = m.customer_id and c.erased_at is null))"""
FIND: Final = f"""
    select 'o', m.public_id, '' from message m
    where m.shop_id = %(shop)s and m.public_id = any(%(opens)s) and {LIVING}
    union all
    select 'c', l.public_id, l.target from tracked_link l
    join message m on m.shop_id = l.shop_id and m.id = l.message_id
    where l.shop_id = %(shop)s and l.public_id = any(%(clicks)s) and {LIVING}"""  # noqa: S608 - the condition above

Looked = tuple[Purpose, Linked]  # Purpose.OPEN or Purpose.CLICK


def find_targets(runtime: Runtime, looked: Sequence[Looked]) -> list[str | None]:
    """Return, in order, where each leads: a click's address, "" for an open; None for what is not there or not living.

    Each shop is entered by itself, in one transaction and one round trip.
    """
    by_shop: dict[int, dict[Purpose, set[str]]] = defaultdict(lambda: defaultdict(set))
    for purpose, linked in looked:
        by_shop[linked.shop_id][purpose].add(linked.public_id)
    asked: list[Asked] = []
    for shop_id, ids in by_shop.items():
        facts = {"shop": shop_id, "opens": list(ids[Purpose.OPEN]), "clicks": list(ids[Purpose.CLICK])}
        asked += [(ENTER, facts), (FIND, facts)]
    with unit_of_work(runtime) as session:
        answers = one_trip(session, asked)[1::2]
    found = {
        (shop_id, kind, public_id): target
        for shop_id, rows in zip(by_shop, answers, strict=True)
        for kind, public_id, target in rows
        if kind == Purpose.OPEN or WEB_ADDRESS.fullmatch(target)
    }
    return [found.get((linked.shop_id, purpose.value, linked.public_id)) for purpose, linked in looked]
