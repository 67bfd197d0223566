"""Fixtures every test may ask for."""

pytest_plugins = ["pytester", "tests.servers", "tests.database", "tests.browser"]
