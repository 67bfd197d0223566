"""Stand-ins for the scripts Shopify serves to embedded apps, so that every page is seen offline."""

from devstore.cdn.routes import blueprint

__all__ = ["blueprint"]
