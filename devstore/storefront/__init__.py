"""The shops' front: pages a shopper sees, with the app's theme blocks in them, and a one-form checkout."""

from devstore.storefront import browse_routes, buy_routes, proxy_routes  # noqa: F401 - importing them adds the routes
from devstore.storefront.front import blueprint

__all__ = ["blueprint"]
