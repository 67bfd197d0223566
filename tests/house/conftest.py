"""A database as the migrations leave it."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from app.config import with_driver
from tests.house.places import ROOT


def alembic_config(url=""):
    """Return Alembic's configuration for this repository, for the database at `url`."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


@pytest.fixture(scope="session")
def tables_engine(cluster):
    """An engine, as the owner of the tables, on a database with every migration applied."""
    url = cluster.create_database()
    command.upgrade(alembic_config(url), "head")
    engine = create_engine(with_driver(url))
    yield engine
    engine.dispose()
    cluster.drop_database(url)
