"""Read the forms of a page as a person sees them: choices, boxes to write in, buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

STARS = {"1", "2", "3", "4", "5"}


@dataclass
class Form:
    """One form: what is filled in already, what can be chosen, what can be written."""

    action: str
    method: str
    filled: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    boxes: list[str] = field(default_factory=list)

    @property
    def star_groups(self) -> list[str]:
        """The names of the choices that are one to five stars."""
        return [name for name, values in self.choices.items() if set(values) >= STARS]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take note of forms and their fields."""
        values = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._open = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None and values.get("name"):
            self._field(self._open, tag, values)

    def _field(self, form: Form, tag: str, values: dict[str, str]) -> None:
        name, kind = values["name"], values.get("type", "text")
        if tag == "textarea":
            form.boxes.append(name)
        elif tag == "input" and kind == "radio":
            form.choices.setdefault(name, []).append(values.get("value", "on"))
        elif tag == "input" and kind == "checkbox":
            if "checked" in values:
                form.filled.append((name, values.get("value", "on")))
        elif tag == "input" and kind not in {"submit", "button", "image", "file"}:
            form.filled.append((name, values.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        """Close a form."""
        if tag == "form":
            self._open = None


def forms_in(html: str) -> list[Form]:
    """Return the forms of a page in order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


class _Pictures(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect picture addresses."""
        source = dict(attrs).get("src") if tag == "img" else None
        if source:
            self.found.append(source)


def pictures_in(html: str) -> list[str]:
    """Return the addresses of a mail's pictures, which a mail reader fetches as it opens the mail."""
    reader = _Pictures()
    reader.feed(html)
    return reader.found
