"""What the simulated shops of the journeys are and sell."""

from datetime import timedelta
from decimal import Decimal

from devstore.clock.now import store_now
from devstore.state.engine import unit_of_work
from devstore.state.models import Shop
from devstore.world.collections import create_collection
from devstore.world.products import create_product

SHOP, OTHER_SHOP = "kiln-and-kettle", "fernside-tea"
DOMAIN, OTHER_DOMAIN = f"{SHOP}.myshopify.com", f"{OTHER_SHOP}.myshopify.com"

GOODS = {
    "harbour-kettle": [{"price": Decimal(64), "sku": "HK-1"}],
    "stoneware-mugs": [{"price": Decimal(32), "title": "Oat"}, {"price": Decimal(32), "title": "Slate"}],
    "morning-coffee": [{"price": Decimal("14.50"), "sku": "MC-1"}],
    "paper-filters": [{"price": Decimal("6.50")}],
    "brewing-course": [{"price": Decimal(40), "requires_shipping": False}],
    "gift-card": [{"price": Decimal(50), "requires_shipping": False, "gift_card": True}],
}


def plant():
    """Put two shops with the same few goods into an empty store, without orders."""
    for handle, country, zone in ((SHOP, "GB", "Europe/London"), (OTHER_SHOP, "US", "America/New_York")):
        plant_one(handle, country, zone, "plus")


def plant_one(handle, country="GB", zone="Europe/London", plan="basic"):
    """Put one shop with the few goods into the store."""
    with unit_of_work() as session:
        now = store_now(session) - timedelta(days=100)
        shop = Shop(
            handle=handle,
            name=handle.replace("-", " ").title(),
            plan=plan,
            email=f"owner@{handle}.example.com",
            contact_email=f"hello@{handle}.example.com",
            owner="Mina Okafor",
            address1="1 Kiln Lane",
            city="Leeds",
            zip="LS1 1AA",
            country_code=country,
            country=country,
            currency="GBP",
            iana_timezone=zone,
            created_at=now,
            updated_at=now,
        )
        session.add(shop)
        session.flush()
        counter = []
        for name, variants in GOODS.items():
            made = create_product(session, shop, {"handle": name, "title": name.replace("-", " ").title()}, variants)
            if name in {"morning-coffee", "paper-filters"}:
                counter.append(made)
        create_collection(session, shop, {"handle": "counter", "title": "By the counter"}, counter)
