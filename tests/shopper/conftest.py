"""A shop of its own for every test on one database per module: what one shop does, no other sees."""

import itertools

import pytest

from app import wiring
from app.kit import runtime
from tests.database import make_config
from tests.shopper.people import DOMAIN, People

SHOPS = itertools.count(1)


@pytest.fixture(scope="module")
def wired(cluster, migrated, redis_url):
    url = cluster.create_database(template=migrated)
    app = wiring.create_app(make_config(url, redis_url))
    app.testing = True
    here = runtime.current()
    here.parts["flask"] = app
    yield here
    here.engines.dispose()
    cluster.drop_database(url)


@pytest.fixture
def web(wired):
    return wired.parts["flask"].test_client()


@pytest.fixture
def people(wired):
    return People(wired, f"shop{next(SHOPS)}-{DOMAIN}")


@pytest.fixture
def strangers(wired):
    return People(wired, f"shop{next(SHOPS)}-{DOMAIN}", name="Fernside Tea")
