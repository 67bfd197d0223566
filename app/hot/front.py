"""Stand in front of Flask for the addresses that are asked most; everything else is Flask's."""

from __future__ import annotations

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from app.hot.webhooks import Webhooks
from app.kit.runtime import Runtime


class Front:
    """Answer what the hot paths know, and hand on the rest."""

    def __init__(self, behind: WSGIApplication, runtime: Runtime) -> None:
        """Take what stands behind; nothing connects and no thread starts before the first request."""
        self._behind = behind
        self.webhooks = Webhooks(runtime)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        answer = None
        if environ["PATH_INFO"] == "/webhooks" and environ["REQUEST_METHOD"] == "POST":
            answer = self.webhooks(environ, start_response)
        return self._behind(environ, start_response) if answer is None else answer
