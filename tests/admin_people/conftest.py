"""The merchant of tests/admin, with a few people whose stories differ."""

from tests.admin.conftest import clock, merchant, neighbour, one_app, wired

__all__ = ["clock", "merchant", "neighbour", "one_app", "wired"]
