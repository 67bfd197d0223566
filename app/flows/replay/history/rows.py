"""Make rows in the shape of the app's tables that no session knows: read and written a hundred times an order.

A mapped row tells its session of every change and is asked for every value; half of a replay's time went there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from sqlalchemy import inspect

from app.customers.models import Customer
from app.flows.models import Enrollment, Flow, FollowUp
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment
from app.orders.reversals import ReturnCase

Row = TypeVar("Row")


def plain(mapped: type[Row]) -> Callable[..., Row]:
    """Return what makes rows with the columns of a table, None where nothing is said, and with nothing else."""
    names = tuple(column.key for column in inspect(mapped).column_attrs)

    def begin(self: object, **values: Any) -> None:
        for name in names:
            setattr(self, name, values.pop(name, None))
        if values:
            raise TypeError(f"{mapped.__name__} has no {', '.join(values)}")

    made = type(mapped.__name__, (), {"__slots__": names, "__init__": begin})
    return cast("Callable[..., Row]", made)


customer_row = plain(Customer)
flow_row = plain(Flow)
follow_up_row = plain(FollowUp)
line_row = plain(OrderLine)
order_row = plain(Order)
parcel_row = plain(Fulfillment)
return_row = plain(ReturnCase)
run_row = plain(Enrollment)
