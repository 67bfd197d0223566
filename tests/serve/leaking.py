"""A web program that keeps some megabytes of every request, and says which process answered."""

import os

KEPT = []


def app(environ, start_response):
    KEPT.append(bytearray(os.urandom(1)) * (8 * 1024 * 1024))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(os.getpid()).encode()]
