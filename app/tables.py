"""Every table, imported so that it registers on Base.metadata: for migrations and the tests of the house."""

from app.catalog import models as catalog
from app.channels import models as channels
from app.customers import models as customers
from app.experiments import models as experiments
from app.flows import models as flows
from app.flows.replay.job import models as replays
from app.kit import clock
from app.kit import models as kit
from app.messages import models as messages
from app.orders import imports, parcels, reversals
from app.orders import models as orders
from app.orders.lanes import models as lanes
from app.reviews import models as reviews
from app.shopify import models as shopify
from app.shopify.webhooks import aside
from app.shops import models as shops

__all__ = [
    "aside", "catalog", "channels", "clock", "customers", "experiments", "flows", "imports", "kit", "lanes",
    "messages", "orders", "parcels", "replays", "reversals", "reviews", "shopify", "shops",
]  # fmt: skip
