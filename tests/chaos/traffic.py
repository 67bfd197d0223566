"""Send signed webhooks at a steady rate and write down every answer."""

import base64
import hashlib
import hmac
import http.client
import json
import threading
import time


class Traffic:
    """Post bodies about people the shop does not know: each is kept, acknowledged, applied, and changes nothing."""

    def __init__(self, port, domain, secret, log, per_second):
        self.port, self.domain, self.secret = port, domain, secret.encode()
        self.log, self.gap = log.open("w"), 1 / per_second
        self.ending, self.number = threading.Event(), 0
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        self.ending.set()
        self.thread.join()
        self.log.close()

    def _run(self):
        line, next_at = None, time.monotonic()
        while not self.ending.wait(max(0.0, next_at - time.monotonic())):
            next_at = max(next_at + self.gap, time.monotonic() - 1)
            self.number += 1
            try:
                line = line or http.client.HTTPConnection("127.0.0.1", self.port, timeout=8)
                status = self._post(line, self.number)
            except (OSError, http.client.HTTPException):
                line, status = None, "away"  # the web process was killed: nobody was told anything
            self.log.write(json.dumps({"id": str(self.number), "status": status}) + "\n")

    def _post(self, line, number):
        body = json.dumps(
            {"id": 10**12 + number, "email": f"p{number}@example.com", "updated_at": "2026-01-01T00:00:00Z"}
        ).encode()
        signature = base64.b64encode(hmac.digest(self.secret, body, hashlib.sha256)).decode()
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Topic": "customers/update",
            "X-Shopify-Shop-Domain": self.domain,
            "X-Shopify-Hmac-SHA256": signature,
            "X-Shopify-Webhook-Id": str(number),
            "X-Shopify-Triggered-At": "2026-01-01T00:00:00Z",
        }
        line.request("POST", "/webhooks", body, headers)
        answer = line.getresponse()
        answer.read()
        return answer.status
