"""Compile the mails Welltimed brings along from their sources under templates/mail."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from app.config import ROOT
from app.messages.mail.compile import CompiledTemplate, TemplateSource, compile_template
from app.messages.mail.markup import CompileError
from app.messages.mail.preset_list import PRESETS
from app.messages.mail.wording import LOCALES, mail_locale

FOLDER = ROOT / "templates" / "mail"
INCLUDE = re.compile(r"<!-- include ([a-z_]+) -->")
INCLUDE_DEPTH = 5  # frame, body, part, part of a part; the rest stays as it stands and is refused


def source(name: str, locale: str) -> TemplateSource:
    """Return what is written for preset `name` in `locale`'s language, its frame and parts put together."""
    folder = FOLDER / name / mail_locale(locale)
    return TemplateSource(
        subject=(folder / "subject.liquid").read_text(encoding="utf-8"),
        preheader=(folder / "preheader.liquid").read_text(encoding="utf-8"),
        mjml=_assembled("<!-- include frame -->", folder, "mjml"),
        text=_assembled("<!-- include body -->", folder, "txt"),
    )


def template(name: str, locale: str) -> CompiledTemplate:
    """Return preset `name` compiled in `locale`'s language, once per process; raise KeyError for an unknown name."""
    return _compiled(PRESETS[name].name, mail_locale(locale))


def compile_all() -> None:
    """Compile every preset in every language, before the first mail needs one."""
    for name in PRESETS:
        for locale in LOCALES:
            template(name, locale)


@cache
def _compiled(name: str, locale: str) -> CompiledTemplate:
    return compile_template(source(name, locale), PRESETS[name].required)


def _assembled(text: str, folder: Path, ending: str) -> str:
    """Put parts in. Only our own files name parts: nothing a merchant writes comes through here."""
    places = (folder, FOLDER / "parts" / folder.name, FOLDER / "parts", FOLDER)

    def part(found: re.Match[str]) -> str:
        for place in places:
            path = place / f"{found[1]}.{ending}"
            if path.exists():
                return path.read_text(encoding="utf-8").rstrip("\n")
        raise CompileError(f"There is no part {found[1]}.{ending}.")

    for _ in range(INCLUDE_DEPTH):
        text = INCLUDE.sub(part, text)
    return text
