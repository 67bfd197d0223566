"""Both programs, side by side, with the app installed in the first shop and its flows started."""

import pytest

from tests.convergence.shops import SHOP
from tests.convergence.side_by_side import side_by_side


@pytest.fixture
def fresh(cluster, redis_url, migrated, tmp_path):
    """The same, for one test alone."""
    with side_by_side(cluster, redis_url, tmp_path, migrated) as made:
        made.shop_id = made.install(SHOP)
        yield made


@pytest.fixture(scope="module")
def both(cluster, redis_url, migrated, tmp_path_factory):
    """Both programs for the tests of a file; `both.shop_id` is our id of the shop."""
    with side_by_side(cluster, redis_url, tmp_path_factory.mktemp("both"), migrated) as made:
        made.shop_id = made.install(SHOP)
        yield made
