"""Browse as a person's browser or a scanner does: over HTTP, a few redirects far, to the app and the store only."""

import http.client
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit

TIMEOUT_SECONDS = 10
MOST_REDIRECTS = 5
MOST_BYTES = 2_000_000
PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
SCANNER = "Mozilla/5.0 (compatible; LinkScan/2.4; mail security)"


@dataclass(frozen=True)
class Page:
    """Where a request ended."""

    url: str
    status: int
    text: str


@dataclass
class Browser:
    """One person's requests; `allowed` are the origins they go to, `seen` what they did: [method, path, status]."""

    agent: str
    allowed: frozenset[str]
    language: str = "en"
    seen: list[list[str | int]] = field(default_factory=list)

    def may_visit(self, url: str) -> bool:
        """Say whether the address belongs to the demo."""
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" in self.allowed

    def get(self, url: str) -> Page | None:
        """Open an address and what it leads to; None when it leads out of the demo. Raises OSError."""
        return self._follow("GET", url, None)

    def head(self, url: str) -> Page | None:
        """Ask for an address without its content, and go no further. Raises OSError."""
        return self._once("HEAD", url, None)[0] if self.may_visit(url) else None

    def post(self, url: str, fields: list[tuple[str, str]]) -> Page | None:
        """Send a form. Raises OSError."""
        return self._follow("POST", url, urlencode(fields))

    def _follow(self, method: str, url: str, form: str | None) -> Page | None:
        for _ in range(MOST_REDIRECTS):
            if not self.may_visit(url):
                return None
            page, onward = self._once(method, url, form)
            if onward is None:
                return page
            url, method, form = urljoin(url, onward), "GET", None
        return None

    def _once(self, method: str, url: str, form: str | None) -> tuple[Page, str | None]:
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        headers = {"User-Agent": self.agent, "Accept-Language": self.language, "Accept": "text/html,*/*"}
        if form is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"{parts.scheme}://{parts.netloc}",
            }
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, path, form.encode() if form is not None else None, headers)
            answer = connection.getresponse()
            text = answer.read(MOST_BYTES).decode("utf-8", "replace")
        except http.client.HTTPException as fault:
            raise OSError(type(fault).__name__) from fault
        finally:
            connection.close()
        self.seen.append([method, parts.path, answer.status])
        onward = answer.headers.get("Location") if 300 <= answer.status < 400 else None
        return Page(url, answer.status, text), onward
