"""Serve the dev store: `python -m devstore`."""

import ctypes
import signal
import sys
import threading

from sqlalchemy.exc import OperationalError
from werkzeug.serving import WSGIRequestHandler, make_server

from devstore.app import create_app
from devstore.clock.jump import jump
from devstore.clock.looks import Looks
from devstore.config import settings
from devstore.mail.run import MailServer
from devstore.platform.bulk import run as bulk
from devstore.seed.plant import plant
from devstore.shoppers.run import Shoppers
from devstore.state.engine import create_tables, engine
from devstore.webhooks.send import Sender
from devstore.world import planned

LOOK_SECONDS = 0.25

# Parameters of mallopt(3).
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8


class Quiet(WSGIRequestHandler):
    """Keep connections open, and the log free of the app asking for the time each second."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write a line for the store's own faults only."""
        if str(code).startswith("5"):
            super().log_request(code, size)


def stay_small() -> None:
    """Have glibc keep one pool of memory for all threads and hand back what is free; elsewhere do nothing.

    With a pool a thread, the same store takes a third more after its first busy minute.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    for parameter, value in ((M_ARENA_MAX, 1), (M_TRIM_THRESHOLD, 256 * 1024), (M_MMAP_THRESHOLD, 256 * 1024)):
        mallopt(parameter, value)


def main() -> int:
    """Serve until SIGTERM or SIGINT, then end the threads in order; 1 when a port or variable is missing."""
    try:
        told = settings()
    except KeyError as fault:
        print(f"devstore: the variable {fault.args[0]} is missing", file=sys.stderr)
        return 1
    stay_small()
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    try:
        create_tables()
        plant()
    except OperationalError as fault:
        print(f"devstore: the database does not answer: {fault.orig}", file=sys.stderr)
        return 1
    post = MailServer(told.smtp_port, told.sink_log)
    try:
        web = make_server("127.0.0.1", told.port, create_app(), threaded=True, request_handler=Quiet)
        post.start()
    except (OSError, SystemExit) as fault:
        print(f"devstore: {fault}", file=sys.stderr)
        return 1
    looks = [Looks("world", planned.do_one, LOOK_SECONDS), Looks("bulk", bulk.run_page, LOOK_SECONDS)]
    own_account: list[Sender | Looks | Shoppers] = [Sender(), *looks]
    own_account += [Shoppers()] if told.shoppers else []
    for one in own_account:
        one.start()
    serving = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.1}, name="web")
    serving.start()
    print(f"devstore: http://127.0.0.1:{told.port} · mail on {post.port}", flush=True)
    ending.wait()
    jump.stop()
    web.shutdown()
    serving.join()
    for one in reversed(own_account):
        one.stop()
    post.stop()
    engine().dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
