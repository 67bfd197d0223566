"""The app on real servers for the length of a claim."""

import contextlib
from collections.abc import Iterator

from flask.testing import FlaskClient

from app import wiring
from app.kit import runtime
from app.kit.runtime import Runtime
from tests.database import make_config
from tests.servers import run_cluster, run_valkey, temporary_folder


@contextlib.contextmanager
def wired() -> Iterator[tuple[Runtime, FlaskClient]]:
    """Give the app's runtime on an empty, migrated database, and a client of its web process."""
    with temporary_folder() as folder, run_cluster(folder) as cluster, run_valkey(folder) as redis_url:
        app = wiring.create_app(make_config(cluster.create_database(), redis_url))
        migrated = app.test_cli_runner().invoke(args=["migrate"])
        if migrated.exit_code:
            raise RuntimeError(migrated.output)
        try:
            yield runtime.current(), app.test_client()
        finally:
            runtime.current().engines.dispose()
