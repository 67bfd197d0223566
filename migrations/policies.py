"""What migrations say about roles and row-level security, in one place."""

from alembic import op

APP, SYSTEM, INGEST = "welltimed_app", "welltimed_system", "welltimed_ingest"

THE_SHOP = (
    "shop_id = nullif(current_setting('app.shop_id', true), '')::bigint"  # '' is what a recycled connection holds
)


def create_roles() -> None:
    """Create the three NOLOGIN roles the app works as, and let the owner become each of them."""
    for role in (APP, SYSTEM, INGEST):
        op.execute(
            f"do $$ begin if not exists (select 1 from pg_roles where rolname = '{role}') then"
            f" create role {role} nologin; end if; end $$",
        )
        # Since PostgreSQL 16 creating a role does not let the creator SET ROLE to it.
        op.execute(f"grant {role} to current_user with inherit false, set true")
        op.execute(f"grant usage on schema public to {role}")
    for role in (APP, SYSTEM):
        op.execute(
            f"alter default privileges in schema public grant select, insert, update, delete on tables to {role}"
        )
        op.execute(f"alter default privileges in schema public grant usage, select on sequences to {role}")


def protect(*tables: str) -> None:
    """Force row-level security on tenant tables: the app sees one shop, the system role all."""
    for table in tables:
        op.execute(f'alter table "{table}" enable row level security')
        op.execute(f'alter table "{table}" force row level security')
        op.execute(f'create policy one_shop on "{table}" to {APP} using ({THE_SHOP}) with check ({THE_SHOP})')
        op.execute(f'create policy every_shop on "{table}" to {SYSTEM} using (true) with check (true)')


def keep_as_written(table: str) -> None:
    """Let the program add rows and delete them, and change none."""
    op.execute(f'revoke update on "{table}" from {APP}, {SYSTEM}')


def let_ingest_insert(*tables: str) -> None:
    """Let the thin receiving layer append to the inboxes and nothing else."""
    for table in tables:
        op.execute(f'grant insert on "{table}" to {INGEST}')
