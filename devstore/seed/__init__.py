"""The demo's shops: what they sell, who bought, and what is on the road. Planted once, the same every time."""

from devstore.seed.pictures import blueprint

__all__ = ["blueprint"]
