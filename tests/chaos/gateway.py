"""A stand-in for the shops' Admin API that answers about any order: soon, late, with THROTTLED, or with a 503."""

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SAMPLE = Path(__file__).parent.parent / "payloads" / "node_order.json"
SOON_S, LATE_S = 0.03, 10.0  # an answer later than that would be a time-out
BADLY = ("slow", "throttled", "broken")  # how a shop's address says that it answers
THROTTLED = {
    "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
    "extensions": {
        "cost": {
            "requestedQueryCost": 500,
            "throttleStatus": {"maximumAvailable": 2000, "currentlyAvailable": 0, "restoreRate": 100},
        }
    },
}
COST = {"cost": {"actualQueryCost": 9, "throttleStatus": {"restoreRate": 100}}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        how = self.headers["Host"].partition("-")[0]
        self.server.asked.append((how, time.monotonic()))
        if how == "broken" or "id" not in asked.get("variables", {}):
            self._say(503, {})
        elif how == "throttled":
            self._say(200, THROTTLED)
        else:
            self.server.ending.wait(LATE_S if how == "slow" else SOON_S)
            number = int(asked["variables"]["id"].rpartition("/")[2])
            self._say(200, {"data": {"order": order(number)}, "extensions": COST})

    def _say(self, status, body):
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def handle(self):
        try:
            super().handle()
        except OSError:
            return  # whoever asked has gone

    def log_message(self, *_):
        """Say nothing: the figures tell."""


def order(number):
    """Return an order of that number as the Admin API tells it; nothing on it is on any other."""
    text = re.sub(r"(gid://shopify/\w+/)(\d+)", lambda found: f"{found[1]}{found[2]}{number}", SAMPLE.read_text())
    return json.loads(text) | {"id": f"gid://shopify/Order/{number}", "name": f"#{number}"}


class Gateway(ThreadingHTTPServer):
    """Answer on loopback until stopped; `asked` holds (how, when) of each question."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked, self.ending = [], threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self):
        self.ending.set()
        self.shutdown()
        self.server_close()
