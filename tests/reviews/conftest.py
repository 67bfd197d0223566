"""An installed shop whose people can review what they bought."""

from tests.shopper.conftest import people

__all__ = ["people"]
