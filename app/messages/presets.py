"""The mails Welltimed brings along: what each is, what it cannot do without, and its source under templates/mail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from app.config import ROOT
from app.messages.compile import CompiledTemplate, TemplateSource, compile_template
from app.messages.markup import CompileError
from app.messages.wording import LOCALES, mail_locale

FOLDER = ROOT / "templates" / "mail"
INCLUDE = re.compile(r"<!-- include ([a-z_]+) -->")
INCLUDE_DEPTH = 5  # frame, body, part, part of a part; the rest stays as it stands and is refused

SENDER = ("shop.name", "shop.email", "order.name", "lines.title")


@dataclass(frozen=True, slots=True)
class Preset:
    """Describe one mail. `required` are paths of MailContext without which it is not sent.

    `message_class` is engine.md's: transactional carries no promotion, review_ask falls under each country's rule.
    `is_notice`: a machine's report of a fact (Auto-Submitted, RFC 3834); the others stand for a letter from the shop.
    """

    name: str
    message_class: str
    required: tuple[str, ...]
    is_notice: bool = False
    arms: tuple[str, ...] = ()


PRESETS = {
    preset.name: preset
    for preset in (
        Preset("thank_you", "transactional", SENDER),
        Preset("shipped", "transactional", SENDER, is_notice=True),
        Preset("delivered", "transactional", SENDER, is_notice=True),
        Preset("product_help", "transactional", SENDER),
        Preset("review_request", "review_ask", (*SENDER, "links.review", "links.unsubscribe"), arms=("A", "B")),
    )
}


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
