"""Claims about the journey from a paid order to a review on the product page."""

import base64
import hashlib
import hmac
import random
import string
from collections import Counter
from urllib.parse import quote

from sqlalchemy import func, select

from app.kit import signing
from app.kit.engines import SYSTEM
from app.kit.work import unit_of_work
from app.messages.signed.links import Purpose
from app.shopify.models import WebhookInbox
from tests.database import API_SECRET
from tests.prove.claims import ROOT, Figure, Scale, by_tests, claim
from tests.prove.world import wired

CASES_OF_THE_TENANT_TABLES = 60  # two cases a table; fewer would mean that tables went missing

OPENED = [purpose for purpose in Purpose if purpose is not Purpose.SURVEY]  # a survey's page is not built yet
POSTED = {Purpose.REVIEW, Purpose.PREFERENCES, Purpose.UNSUBSCRIBE}
CHANGED = 0.7  # the other links are whole, but opened for another purpose


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
    """Change genuine links of every purpose, read them for every purpose, and open them: always the same 404."""
    dice = random.Random(20261121)
    size = scale(10_000, quick=300)
    believed, answers = 0, Counter()
    with wired() as (runtime, web):
        keys = runtime.config.link_keys
        nothing = web.get("/r/never-signed").data
        for number in range(size):
            purpose = dice.choice(OPENED)
            token = signing.sign(keys, purpose, number, signing.new_public_id())
            bent = _bent(token, dice) if dice.random() < CHANGED else token
            into = purpose if bent != token else dice.choice([one for one in OPENED if one is not purpose])
            believed += signing.unsign(keys, into, bent) is not None
            method = "POST" if into in POSTED and dice.random() < CHANGED / 2 else "GET"
            ending = ".gif" if into is Purpose.OPEN else ""
            answer = web.open(f"/{into}/{quote(bent)}{ending}", method=method)
            answers[answer.status_code if answer.data == nothing else f"{answer.status_code} with other words"] += 1
    told = ", ".join(f"{number} × {status}" for status, number in answers.most_common())
    return Figure(f"{believed} of {size} believed; answered {told}", holds=believed == 0 and answers == {404: size})


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
