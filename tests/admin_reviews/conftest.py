"""The merchant of tests/admin."""

from tests.admin.conftest import clock, merchant, neighbour, one_app, wired

__all__ = ["clock", "merchant", "neighbour", "one_app", "wired"]
