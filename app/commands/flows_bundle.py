"""Export a shop's flows as a bundle of text, and import one."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from app.flows.language.forms import WrongFlow
from app.flows.planning.publishing.bundle import export_flows, import_flows
from app.flows.planning.publishing.save_flow import Saved
from app.flows.planning.publishing.shifts import Kind
from app.flows.words.count_words import counted
from app.kit import runtime
from app.kit.work import unit_of_work
from app.shops.models import Shop

BY = "import"
WORDS = {
    Kind.MOVED: ("planned message moves", "planned messages move"),
    Kind.ADDED: ("message is added", "messages are added"),
    Kind.DROPPED: ("message is left out", "messages are left out"),
    Kind.LATER: ("message waits for its turn", "messages wait for their turn"),
}


@click.command("export")
@click.option("--shop", "domain", required=True, help="The shop's myshopify.com domain.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), required=False)
def export(domain: str, file: Path | None) -> None:
    """Write every flow of a shop as one JSON bundle, to FILE or to the terminal: equal flows give equal bytes."""
    here, shop_id = runtime.current(), _shop_id(domain)
    with unit_of_work(here, shop_id=shop_id) as session:
        text = export_flows(session)
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8", newline="\n")


@click.command("import")
@click.option("--shop", "domain", required=True, help="The shop's myshopify.com domain.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--move", is_flag=True, help="Bring running enrollments along to the new versions.")
@click.argument("file", type=click.Path(exists=True, path_type=Path, dir_okay=False, allow_dash=True))
def import_(domain: str, file: Path, *, dry_run: bool, move: bool) -> None:
    """Publish what the bundle in FILE holds and the shop does not; all of it, or nothing where anything is wrong."""
    here, shop_id = runtime.current(), _shop_id(domain)
    try:
        with click.open_file(str(file), encoding="utf-8") as opened:
            text = opened.read()
        with unit_of_work(here, shop_id=shop_id) as session:
            done = import_flows(session, text, by=BY, dry_run=dry_run, move=move)
    except UnicodeDecodeError as problem:
        raise click.ClickException("The file is not UTF-8 text.") from problem
    except WrongFlow as wrong:
        raise click.ClickException("\n".join(f"{path}: {text}" for path, text in wrong.errors.items())) from wrong
    for each in done.flows:
        click.echo(_told(each, dry_run=dry_run, move=move))


def _told(saved: Saved, *, dry_run: bool, move: bool) -> str:
    name = f"{saved.document.key} ({saved.document.name})"
    if not saved.changes:
        return f"{name}: nothing changes"
    if saved.is_new:
        return f"{name}: {'would be made' if dry_run else 'made'}, switched off"
    counts = {kind: sum(each.kind is kind for each in saved.shifts) for kind in Kind}
    moved = ", ".join(counted(count, *WORDS[kind]) for kind, count in counts.items() if count)
    if dry_run:
        return f"{name}: a new version" + (f"; with --move, {moved}" if moved else "; no planned message moves")
    return f"{name}: a new version published" + (f"; {moved}" if move and moved else "")


def _shop_id(domain: str) -> int:
    with unit_of_work(runtime.current()) as session:
        found = session.scalar(select(Shop.id).where(Shop.domain == domain.strip().lower()))
    if found is None:
        raise click.BadParameter(f"No shop {domain} is known.", param_hint="--shop")
    return found
