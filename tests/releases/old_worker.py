"""What a process of an earlier release does when it is told "receive FILE", "apply" or "drain", one after the other.

Run with that release's tree as the working directory, and its variables. It uses what every release has: its Flask app,
and the jobs its own wiring names for each queue.
"""

import base64
import hashlib
import hmac
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

from app import wiring
from app.kit import runtime


def receive(name):
    """Take a webhook in as the web process does."""
    raw = Path(name).read_bytes()
    signature = base64.b64encode(hmac.digest(os.environ["SHOPIFY_API_SECRET"].encode(), raw, hashlib.sha256)).decode()
    headers = {
        "X-Shopify-Topic": "orders/paid",
        "X-Shopify-Shop-Domain": os.environ["SHOP"],
        "X-Shopify-Hmac-SHA256": signature,
        "X-Shopify-Webhook-Id": hashlib.sha256(raw).hexdigest(),
        "X-Shopify-Triggered-At": datetime.now(UTC).isoformat(),
    }
    answer = app.test_client().post("/webhooks", data=raw, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)


def work(queue):
    """Do what waits in a queue, once."""
    for each in wiring.WORK:
        if each.queue == queue:
            each.load()(runtime.current())


if __name__ == "__main__":
    assert Path(wiring.__file__).is_relative_to(Path.cwd()), "another release than the one meant"
    app = wiring.create_app()
    for told in sys.argv[1:]:
        what, _, name = told.partition("=")
        receive(name) if what == "receive" else work({"apply": "inbox", "drain": "sends"}[what])
