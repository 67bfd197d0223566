"""The app's database for tests: migrated once per process, copied for each test that wants one.

def test_x(wired):                      # app.kit.runtime.Runtime on a fresh database, real Valkey
    with unit_of_work(wired) as session: ...

def test_y(web):                        # Flask test client on the same runtime
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask.testing import FlaskClient

from app import wiring
from app.config import Config, from_env
from app.kit import log, runtime
from app.kit.runtime import Runtime
from tests.servers import Cluster

FERNET = Fernet.generate_key().decode()

API_KEY, API_SECRET = "test-api-key-0123456789abcdef", "test-secret-0123456789abcdef-0123456789"


def make_config(database_url: str, redis_url: str, **changes: str) -> Config:
    """Return a development configuration for the given servers."""
    return from_env(
        {
            "SHOPIFY_API_KEY": API_KEY,
            "SHOPIFY_API_SECRET": API_SECRET,
            "APP_URL": "http://127.0.0.1:8000",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "SMTP_URL": "smtp://127.0.0.1:1",
            "MAIL_FROM": "post@welltimed.example.com",
            "ENCRYPTION_KEYS": FERNET,
            "LINK_KEYS": "a-link-key-for-tests-0123456789-abcdef",
            "ENV": "development",
            **changes,
        },
    )


@pytest.fixture(scope="session")
def migrated(cluster: Cluster) -> str:
    """The name of a template database with the newest schema."""
    return migrate_one(cluster)


def migrate_one(cluster: Cluster) -> str:
    """Make a database with the newest schema, for a template; return its name."""
    url = cluster.create_database()
    app = wiring.create_app(make_config(url, "redis://127.0.0.1:1"))
    result = app.test_cli_runner().invoke(args=["migrate"])
    assert result.exit_code == 0, (result.output, result.exception)
    runtime.current().engines.dispose()
    return urlsplit(url).path.lstrip("/")


@pytest.fixture
def database_url(cluster: Cluster, migrated: str) -> Iterator[str]:
    """A migrated database of the test's own."""
    url = cluster.create_database(template=migrated)
    yield url
    cluster.drop_database(url)


@pytest.fixture(scope="session")
def flask_app() -> Flask:
    """The app without a runtime: its routes are the same for every test, and take longer to make than most tests."""
    log.configure()
    app = wiring.make_flask()
    app.testing = True
    return app


@pytest.fixture
def wired(database_url: str, redis_url: str, flask_app: Flask) -> Iterator[Runtime]:
    """The app's runtime on a database of the test's own."""
    here = wiring.build_runtime(make_config(database_url, redis_url))
    runtime.install(here)
    here.parts["flask"] = flask_app
    yield here
    here.engines.dispose()
    vars(flask_app).pop("wsgi_app", None)  # what a test put in front of it


@pytest.fixture
def web(wired: Runtime) -> FlaskClient:
    """A client of the web process."""
    return wired.parts["flask"].test_client()


@pytest.fixture(params=["plain", "hot"])
def by_both_doors(request: pytest.FixtureRequest, wired: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The test runs twice: on the plain routes, and with the hot paths in front of them. Tells which it is."""
    app = wired.parts["flask"]
    if request.param == "hot":
        monkeypatch.setattr("app.hot.hits.LINGER_S", 0.0)
        front = wiring.put_hot_paths_in_front(app)

        def at_rest(environ, start_response):  # so that a test finds the hits it has made
            answer = front(environ, start_response)
            front.hits.gathering.rest()
            return answer

        app.wsgi_app = at_rest
    yield request.param
    vars(app).pop("wsgi_app", None)  # the app is other tests' too


def variables(config, **changes):
    """Return what a process of the app's own is told, to be of one mind with an app configured so."""
    return {
        "SHOPIFY_API_KEY": API_KEY,
        "SHOPIFY_API_SECRET": API_SECRET,
        "APP_URL": config.app_url,
        "DATABASE_URL": config.database_url,
        "REDIS_URL": config.redis_url,
        "SMTP_URL": config.smtp_url,
        "MAIL_FROM": config.mail_from,
        "ENCRYPTION_KEYS": FERNET,
        "LINK_KEYS": config.link_keys[0],
        "ENV": "development",
        **changes,
    }
