"""Read a mail's bytes into what people look at: subject, HTML, text, headers and links."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

from devstore.mail.log import first_headers

BARE_LINK = re.compile(r"https?://[^\s<>\"')\]]+")


class _Links(HTMLParser):
    """Collect addresses and words of links, in order."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[dict[str, str]] = []
        self._open: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a link, or name the picture inside one."""
        values = dict(attrs)
        if tag == "a" and (values.get("href") or "").startswith(("http://", "https://")):
            self._open = {"url": values["href"] or "", "words": ""}
            self.found.append(self._open)
        elif tag == "img" and self._open is not None:
            self._open["words"] += values.get("alt") or ""

    def handle_endtag(self, tag: str) -> None:
        """End a link."""
        if tag == "a" and self._open is not None:
            self._open["words"] = " ".join(self._open["words"].split())
            self._open = None

    def handle_data(self, data: str) -> None:
        """Add words to the link that is open."""
        if self._open is not None:
            self._open["words"] += data


def links_in(html: str | None, text: str | None) -> list[dict[str, str]]:
    """Return the web links of a mail: those of its HTML, or of its text where it has no HTML."""
    if html:
        reader = _Links()
        reader.feed(html)
        return reader.found
    return [{"url": url, "words": url} for url in BARE_LINK.findall(text or "")]


@dataclass(frozen=True)
class Parts:
    """What a reader shows of a mail; headers are [name, value] in order, links {"url", "words"}."""

    headers: list[list[str]]
    html: str | None
    text: str | None
    links: list[dict[str, str]]


def read_mail(raw: bytes) -> Parts:
    """Return a mail's parts; broken ones read as absent."""
    message = message_from_bytes(raw, policy=policy.default)
    html, text = _part(message, "html"), _part(message, "plain")
    headers = [[name, _clean(" ".join(value.split()))] for name, value in message.raw_items()]
    return Parts(headers, html, text, links_in(html, text))


def read_head(raw: bytes) -> dict[str, Any]:
    """Return sender, subject and message_id, without reading the rest."""
    head = first_headers(raw)
    return {
        "sender": _words(head.get("from", "")),
        "subject": _words(head.get("subject", "")),
        "message_id": _clean(head.get("message-id", "")) or None,
    }


def _words(value: str) -> str:
    """Decode a header's encoded words; what cannot be decoded stays as it came."""
    if "=?" not in value:
        return _clean(value)
    try:
        return _clean(make_header(decode_header(value)))
    except (ValueError, LookupError, HeaderParseError):
        return _clean(value)


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    if part is None:
        return None
    try:
        return _clean(part.get_content())
    except (LookupError, UnicodeDecodeError, AttributeError, KeyError):
        payload = part.get_payload(decode=True)
        return _clean(payload.decode("utf-8", "replace")) if isinstance(payload, bytes) else None


def _clean(value: object) -> str:
    """PostgreSQL keeps no NUL and no lone surrogate."""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()
