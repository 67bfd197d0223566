"""The merchant of the admin's tests: people need a shop."""

from tests.admin.conftest import clock, merchant, one_app, wired

__all__ = ["clock", "merchant", "one_app", "wired"]
