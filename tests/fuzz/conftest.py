"""Two shops of ours on both programs, and a third one that spoiled bodies may end."""

import pytest

from app import wiring
from tests.convergence.shops import OTHER_SHOP, SHOP
from tests.convergence.side_by_side import side_by_side
from tests.fuzz.webhooks import install_doomed


@pytest.fixture
def both(cluster, redis_url, migrated, tmp_path):
    with side_by_side(cluster, redis_url, tmp_path, migrated) as made:
        wiring.put_hot_paths_in_front(made.wired.parts["flask"])  # the way in that is asked from outside
        made.shop_id, made.other_shop_id = made.install(SHOP), made.install(OTHER_SHOP)
        install_doomed(made)
        yield made
