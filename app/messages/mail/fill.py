"""Fill a compiled template for one person. Runs at send, a few tenths of a millisecond a mail."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType

from liquid.exceptions import LiquidError

from app.messages.mail.compile import CompiledTemplate, Part

EMPTY_LINES = re.compile(r"\n{3,}")
LINE_ENDS = re.compile(r"[ \t]+\n")
PLAIN = frozenset({str, int, float, bool, NoneType})


class RenderError(Exception):
    """Say that a mail cannot be written, and which field is at fault: guard rule 18 answers it."""

    def __init__(self, field: str, message: str) -> None:
        """Take the dotted path of what is missing, or the part that failed; `message` carries no personal data."""
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Filled:
    """Hold one finished mail. Subject and preheader are one line each."""

    subject: str
    preheader: str
    html: str
    text: str


def fill(template: CompiledTemplate, context: Mapping[str, object]) -> Filled:
    """Return the mail for `context`, the mapping of MailContext.as_mapping.

    What is optional and absent leaves its sentence out. Raise RenderError for a required field that is missing or
    empty, for a subject that came out empty, and when a limit is reached.
    """
    _only_plain(context, "context")
    for path in template.required:
        if _empty(_at(context, path)):
            raise RenderError(path, f"{path} is missing.")
    subject = _one_line(_render(template.subject, context))
    if not subject:
        raise RenderError("subject", "The subject is empty.")
    preheader = _one_line(_render(template.preheader, context))
    text = _tidy(_render(template.text, context))
    html = _render(template.html, {**context, "subject": subject, "preheader": preheader})
    return Filled(subject, preheader, html, text)


def _render(template: Part, context: Mapping[str, object]) -> str:
    try:
        return template.render(context)
    except (LiquidError, TypeError) as error:  # a filter given what it cannot take says TypeError
        raise RenderError(template.name, f"The {template.name} cannot be filled: {type(error).__name__}.") from error


def _only_plain(value: object, path: str) -> None:
    """Refuse objects: a template that reaches a method reaches everything."""
    if type(value) in PLAIN:
        return
    if isinstance(value, Mapping):
        for key, each in value.items():
            if type(each) not in PLAIN:
                _only_plain(each, f"{path}.{key}")
    elif isinstance(value, list):
        for each in value:
            _only_plain(each, path)
    else:
        raise RenderError(path, f"{path} is a {type(value).__name__}; only words and numbers go into a mail.")


def _at(context: Mapping[str, object], path: str) -> object:
    value: object = context
    for name in path.split("."):
        if isinstance(value, list):
            value = value[0] if value else None
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _empty(value: object) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _tidy(words: str) -> str:
    """Return the text without blanks at line ends, and with one empty line where a left-out sentence leaves several."""
    if " \n" in words or "\t\n" in words:
        words = LINE_ENDS.sub("\n", words)
    if "\n\n\n" in words:
        words = EMPTY_LINES.sub("\n\n", words)
    return words.strip() + "\n"


def _one_line(words: str) -> str:
    return " ".join(words.split())
