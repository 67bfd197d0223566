"""Stand in front of Flask for the addresses that are asked most; everything else is Flask's."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.hot.hits import Hits
from app.hot.ringing import Ringing
from app.hot.webhooks import Webhooks
from app.kit.queue import INBOX
from app.kit.runtime import Runtime


class Front:
    """Answer what the hot paths know, and hand on the rest."""

    def __init__(self, behind: WSGIApplication, runtime: Runtime) -> None:
        """Take what stands behind; nothing connects and no thread starts before the first request."""
        self._behind = behind
        ringing = Ringing(runtime.doorbell, INBOX)
        self.webhooks = Webhooks(runtime, ringing)
        self.hits = Hits(runtime, ringing)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        answer = None
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if method == "POST" and path == "/webhooks":
            answer = self.webhooks(environ, start_response)
        elif method == "GET" and path.startswith(("/o/", "/c/")):
            answer = self.hits(environ, start_response)
        return self._behind(environ, start_response) if answer is None else answer
