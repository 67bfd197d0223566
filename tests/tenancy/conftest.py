"""Two shops for all tests of a file."""

from datetime import timedelta

import pytest

from app import wiring
from app.kit import runtime
from tests.admin.merchant import NOON
from tests.database import make_config
from tests.tenancy.two_shops import two_shops


@pytest.fixture(scope="module")
def sides(cluster, migrated, redis_url):
    """Ours and theirs; business time stands still."""
    url = cluster.create_database(template=migrated)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.kit.clock.real_now", lambda: NOON)
        patch.setattr("app.kit.clock.ASKEW", timedelta.max)
        app = wiring.create_app(make_config(url, redis_url))
        app.testing = True
        here = runtime.current()
        here.parts["flask"] = app
        yield two_shops(here, {"now": NOON})
        here.engines.dispose()
    cluster.drop_database(url)


@pytest.fixture
def wired(sides):
    return sides[0].merchant.wired


@pytest.fixture
def ours(sides):
    return sides[0]


@pytest.fixture
def theirs(sides):
    return sides[1]
