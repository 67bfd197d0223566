"""Edit an order after it was placed: add lines, take some out."""

from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.config import settings
from devstore.state.base import shopify_ids
from devstore.state.models import LineItem, Order, Shop
from devstore.webhooks.announce import announce
from devstore.webhooks.payloads.order import order_body, order_edit_body
from devstore.world.find import lines_of
from devstore.world.place_order import add_line
from devstore.world.refused import Refused
from devstore.world.status import settle
from devstore.world.whole import whole_order


def edit(
    session: Session,
    order: Order,
    *,
    add: list[tuple[int | str, int]] | None = None,
    remove: list[tuple[int | str, int]] | None = None,
) -> None:
    """Add (variant, quantity) and remove (line id, quantity); announce orders/edited, then orders/updated.

    Only what has not been shipped can be removed. Raises Refused.
    """
    if order.cancelled_at is not None:
        raise Refused("order", f"{order.name} is cancelled.")
    if not add and not remove:
        raise Refused("add", "Nothing to add or remove.")
    shop = session.get_one(Shop, order.shop_id)
    lines = lines_of(session, order)
    removed: dict[int, int] = {}
    for key, quantity in remove or []:
        line = pick_line(lines, key, "remove")
        if not 1 <= quantity <= line.fulfillable_quantity:
            raise Refused("remove", f"{line.title}: 1 to {line.fulfillable_quantity} can be removed, not {quantity}.")
        line.current_quantity -= quantity
        removed[line.id] = removed.get(line.id, 0) + quantity
    fresh = [
        (add_line(session, shop, order, key, quantity, len(lines) + place), quantity)
        for place, (key, quantity) in enumerate(add or [], start=1)
    ]
    session.flush()
    settle(session, order)
    now = store_now(session)
    order.updated_at = now
    session.flush()
    added = {line.id: quantity for line, quantity in fresh}
    edit_id = session.scalar(shopify_ids.next_value()) or 0
    announce(session, shop, "orders/edited", order_edit_body(edit_id, order, shop, added, removed, now))
    announce(session, shop, "orders/updated", order_body(whole_order(session, order), settings().origin))


def pick_line(lines: list[LineItem], key: int | str, field: str) -> LineItem:
    """Return the line with this id. Raises Refused when the order has none."""
    for line in lines:
        if str(line.id) == str(key):
            return line
    raise Refused(field, f"The order has no line {key}.")
