"""Tell the app what changed about an order, a parcel, a refund or a return."""

from sqlalchemy.orm import Session

from devstore.clock.now import store_now
from devstore.config import settings
from devstore.state.models import Fulfillment, Order, Product, Shop, Variant
from devstore.webhooks.announce import announce
from devstore.webhooks.payloads.order import order_body
from devstore.webhooks.payloads.parcel import parcel_body
from devstore.webhooks.payloads.product import product_body
from devstore.world.whole import whole_order


def tell_order(session: Session, order: Order, *topics: str) -> None:
    """Stamp the order as changed now and announce the topics with its body."""
    order.updated_at = store_now(session)
    whole = whole_order(session, order)
    body = order_body(whole, settings().origin)
    for topic in topics:
        announce(session, whole.shop, topic, body)


def tell_parcel(session: Session, order: Order, parcel: Fulfillment, topic: str) -> None:
    """Announce a fulfilment's body under the topic."""
    whole = whole_order(session, order)
    for one in whole.parcels:
        if one.fulfillment.id == parcel.id:
            announce(session, whole.shop, topic, parcel_body(one, order, whole.shop, whole.products))


def tell_product(session: Session, shop: Shop, product: Product, topic: str) -> None:
    """Announce a product's body with its variants under the topic."""
    session.flush()
    variants = session.query(Variant).filter_by(product_id=product.id).order_by(Variant.position).all()
    announce(session, shop, topic, product_body(product, variants, shop, settings().origin))
