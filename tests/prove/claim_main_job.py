"""Claims about the journey from a paid order to a review on the product page."""

import base64
import hashlib
import hmac
import random
import string
from collections import Counter

from sqlalchemy import func, select

from app.kit import signing
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.messages.links import Purpose
from app.shopify.models import WebhookInbox
from tests.database import API_SECRET
from tests.prove.claims import ROOT, Figure, Scale, by_tests, claim
from tests.prove.world import wired

CASES_OF_THE_TENANT_TABLES = 60  # two cases a table; fewer would mean that tables went missing

LINK_KEYS = ("a-link-key-for-claims-0123456789-abcdef", "an-older-key-for-claims-0123456789-abc")


@claim("main-job", "Nobody sees a row of another shop, and none at all without a shop entered")
def tenants(scale: Scale) -> Figure:
    """Fill every tenant table for two shops and look as the app's role."""
    return by_tests("tests/house/test_isolation.py", least=CASES_OF_THE_TENANT_TABLES)


@claim("main-job", "A webhook with a wrong signature is answered 401 and leaves nothing behind", quick=True)
def forged_webhooks(scale: Scale) -> Figure:
    """Send a genuine body under signatures that are bent, of another secret, of another body, cut short or absent."""
    dice = random.Random(20261121)
    body = (ROOT / "tests" / "payloads" / "webhook_order.json").read_bytes()
    genuine = _mac(body, API_SECRET)
    size = scale(1000, quick=100)
    with wired() as (runtime, web):
        answers = Counter(
            web.post("/webhooks", data=body, headers=_headers(_wrong(genuine, body, dice))).status_code
            for _ in range(size)
        )
        with unit_of_work(runtime, role=SYSTEM) as session:
            kept = session.scalar(select(func.count()).select_from(WebhookInbox))
        # The same request with its own signature is kept: what was refused, was refused for the signature.
        accepted = web.post("/webhooks", data=body, headers=_headers(genuine)).status_code
    words = f"{answers[401]} of {size} answered 401, {kept} kept, the genuine one {accepted}"
    return Figure(words, holds=(answers[401], kept, accepted) == (size, 0, 200))


@claim("main-job", "A link that was changed, or made for another purpose, points nowhere", quick=True)
def mutated_links(scale: Scale) -> Figure:
    """Change genuine links of every purpose, one to three characters each, and read them for every purpose."""
    dice = random.Random(20261121)
    size = scale(10_000, quick=1_000)
    accepted = foreign = 0
    for number in range(size):
        purpose = dice.choice(list(Purpose))
        token = signing.sign(LINK_KEYS, purpose, number, signing.new_public_id())
        bent = _bent(token, dice)
        accepted += any(signing.unsign(LINK_KEYS, other, bent) for other in Purpose)
        foreign += any(signing.unsign(LINK_KEYS, other, token) for other in Purpose if other is not purpose)
    words = f"{accepted} of {size} changed links and {foreign} of {size} foreign ones believed"
    return Figure(words, holds=accepted == foreign == 0)


def _headers(signature: str) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "X-Shopify-Hmac-SHA256": signature,
        "X-Shopify-Shop-Domain": "kiln-and-kettle.myshopify.com",
        "X-Shopify-Topic": "orders/paid",
        "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
    }


def _mac(body: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def _wrong(genuine: str, body: bytes, dice: random.Random) -> str:
    return dice.choice(
        [
            _bent(genuine, dice),
            _mac(body, f"another-secret-{dice.random()}"),
            _mac(body + dice.randbytes(1), API_SECRET),
            genuine[: dice.randrange(len(genuine))],
            hmac.new(API_SECRET.encode(), body, hashlib.sha256).hexdigest(),
            "",
        ]
    )


def _bent(text: str, dice: random.Random) -> str:
    """Return the text with one to three characters changed, cut out or added."""
    letters = list(text)
    for _ in range(dice.randint(1, 3)):
        place = dice.randrange(len(letters))
        letters[place : place + dice.randint(0, 1)] = dice.choice(string.ascii_letters + string.digits + "-_.=")
    return "".join(letters) if "".join(letters) != text else text + "x"
