"""Load rows in batches: what one answer needs from a table is fetched for all its parents at once."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Select, any_, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from devstore.state.models import (
    Customer,
    Fulfillment,
    FulfillmentLine,
    LineItem,
    Order,
    Product,
    RefundLine,
    ReturnLine,
    Variant,
)

# Loading a row makes it likely that these are asked for next.
REFERENCES: dict[type[Any], tuple[tuple[str, type[Any]], ...]] = {
    Order: (("customer_id", Customer),),
    LineItem: (("product_id", Product), ("variant_id", Variant)),
    Fulfillment: (("order_id", Order),),
    FulfillmentLine: (("line_item_id", LineItem),),
    RefundLine: (("line_item_id", LineItem),),
    ReturnLine: (("fulfillment_line_id", FulfillmentLine),),
    Variant: (("product_id", Product),),
}


@cache
def _those(column: InstrumentedAttribute[Any]) -> Select[Any]:
    """Return the question for the rows with one of some `numbers` in a column, in the order of their ids.

    Made once: making it takes as long as asking it.
    """
    model = column.class_
    return select(model).where(column == any_(bindparam("numbers", type_=ARRAY(BigInteger)))).order_by(model.id)


class Shelf:
    """The rows one request has seen, by table and id."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: dict[type[Any], dict[int, Any]] = defaultdict(dict)
        self._wanted: dict[type[Any], set[int]] = defaultdict(set)
        self._children: dict[InstrumentedAttribute[Any], dict[int, list[Any]]] = defaultdict(dict)

    def put(self, rows: Iterable[Any]) -> list[Any]:
        """Remember rows read elsewhere, so that what hangs on them is fetched for all together."""
        kept = list(rows)
        for row in kept:
            self._rows[type(row)][row.id] = row
            for name, model in REFERENCES.get(type(row), ()):
                number = getattr(row, name)
                if number is not None:
                    self._wanted[model].add(number)
        return kept

    def row(self, model: type[Any], number: int | None) -> Any:
        """Return one row, or nothing."""
        if number is None:
            return None
        known = self._rows[model]
        if number not in known:
            numbers = (self._wanted.pop(model, set()) | {number}) - set(known)
            self.put(self._session.scalars(_those(model.id), {"numbers": list(numbers)}))
        return known.get(number)

    def children(self, foreign_key: InstrumentedAttribute[Any], parent: type[Any], number: int) -> list[Any]:
        """Return the rows pointing at one parent, in the order of their ids."""
        found = self._children[foreign_key]
        if number not in found:
            numbers = (set(self._rows[parent]) | {number}) - set(found)
            found.update({one: [] for one in numbers})
            rows = self._session.scalars(_those(foreign_key), {"numbers": list(numbers)})
            for row in self.put(rows):
                found[getattr(row, foreign_key.key)].append(row)
        return found[number]
