"""An installed shop whose people can be mailed, and the web process their links lead to."""

import pytest

from tests.shopper.people import People


@pytest.fixture
def people(wired):
    return People(wired)
