"""Serve a Flask app on a free port for as long as a block lasts, so that a browser can look at it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class Quiet(WSGIRequestHandler):
    """A request handler that logs nothing."""

    def log_request(self, *_):
        """Say nothing."""


@contextlib.contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Give the app's address; its server and thread end with the block."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
