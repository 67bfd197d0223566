"""Write the next migration: `python -m tests.new_migration "what it does"`. See bin/migration.

The new revision is numbered after the newest and holds the difference between the tables and a database with every
migration applied, made on a throw-away PostgreSQL.
"""

import re
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

from tests.servers import run_cluster, temporary_folder

ROOT = Path(__file__).parent.parent
VERSIONS = ROOT / "migrations" / "versions"


def main(message: str) -> None:
    """Write the file and say where it is; leave none behind when there is nothing to write."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    with temporary_folder() as folder, run_cluster(folder) as cluster:
        config.set_main_option("sqlalchemy.url", cluster.create_database().replace("%", "%%"))
        command.upgrade(config, "head")
        command.revision(
            config, message, autogenerate=True, rev_id=next_number(), process_revision_directives=drop_empty,
        )  # fmt: skip


def next_number() -> str:
    """Return the number after the newest revision's, four digits."""
    numbers = [int(match[1]) for path in VERSIONS.glob("*.py") if (match := re.match(r"(\d{4})_", path.name))]
    return f"{max(numbers, default=0) + 1:04d}"


def drop_empty(context: object, revision: object, directives: list) -> None:
    """Write nothing when the tables have not changed; else remind of what Alembic cannot see."""
    if directives[0].upgrade_ops.is_empty():
        directives.clear()
        sys.exit("the tables are as the migrations make them: nothing to write")
    print("a new tenant table also needs policies.protect(...); a changed column may need its data moved first")


if __name__ == "__main__":
    main(sys.argv[1])
