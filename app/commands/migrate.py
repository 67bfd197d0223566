"""Bring the database up to date."""

from __future__ import annotations

import click

from app.config import ROOT
from app.kit import runtime


@click.command()
def migrate() -> None:
    """Bring the database to the newest schema, creating the roles the app works as."""
    # Here, not above: every process imports this module and only this command needs Alembic.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config as AlembicConfig  # noqa: PLC0415

    config = AlembicConfig(toml_file=str(ROOT / "pyproject.toml"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("sqlalchemy.url", runtime.current().config.database_url.replace("%", "%%"))
    command.upgrade(config, "head")
