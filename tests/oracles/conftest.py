"""The merchant of tests/admin, for the pages the Polaris oracle looks at."""

from tests.admin.conftest import clock, merchant, one_app, wired

__all__ = ["clock", "merchant", "one_app", "wired"]
