"""One mail made: filled, encoded, signed, by ours and by the libraries alone. `bin/bench message`.

The libraries: python-liquid walking its parsed templates, email.message, dkimpy. Ours: a function per template, MIME
put together here, the signature by `cryptography`. Both fill the same mail for the same person with one RSA key of 2048
bits, both are read back and verified, and time is the processor's, so that a busy machine changes little.
"""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from app.channels.dkim import sign
from app.config import SigningKey
from app.messages.mail import mime, presets
from app.messages.mail.context import Customer, Line, Links, MailContext, Order, Shop
from app.messages.mail.fill import fill
from bench.machines import median

GOAL = 10.0  # half of what is aimed at
NOW = datetime(2026, 11, 20, 10, 30, tzinfo=UTC)
PRIVATE = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
KEY = SigningKey("shop.example", "bench", PRIVATE)
PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
RECORD = b"v=DKIM1; k=rsa; p=" + base64.b64encode(
    PRIVATE.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
)
SIGNED = [b"from", b"to", b"reply-to", b"subject", b"date", b"message-id", b"mime-version", b"content-type"]
CONTEXT = MailContext(
    shop=Shop("Kiln & Kettle", "hello@kiln.example", "https://kiln.example", "12 Potters Lane, Stoke-on-Trent"),
    customer=Customer("Ana Ferreira", "Ana"),
    order=Order("#100001", "today"),
    lines=tuple(Line(f"Harbour Kettle {n}", image_url=f"https://cdn.shop.example/{n}.png") for n in (12, 13)),
    links=Links(order="https://app.example/c/" + "x" * 78, preferences="https://app.example/p/" + "x" * 78),
)
TEMPLATE = presets.template("thank_you", "en")


def ours() -> bytes:
    filled = fill(TEMPLATE, CONTEXT.as_mapping())
    letter = mime.Letter(
        message_id="<abc@shop.example>",
        sent_at=NOW,
        from_name="Kiln & Kettle",
        from_address="care@shop.example",
        to_address="ana@customer.example",
        reply_to="hello@kiln.example",
        subject=filled.subject,
        text=filled.text,
        html=filled.html,
    )
    return sign(mime.compose(letter), KEY, NOW)


def libraries() -> bytes:
    context = CONTEXT.as_mapping()
    subject = " ".join(TEMPLATE.subject.walked.render(context).split())
    preheader = " ".join(TEMPLATE.preheader.walked.render(context).split())
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"], mail["Date"] = "<abc@shop.example>", NOW
    mail["From"], mail["To"] = "Kiln & Kettle <care@shop.example>", "ana@customer.example"
    mail["Reply-To"], mail["Subject"] = "hello@kiln.example", subject
    mail.set_content(TEMPLATE.text.walked.render(context))
    html = TEMPLATE.html.walked.render(context | {"subject": subject, "preheader": preheader})
    mail.add_alternative(html, subtype="html")
    raw = mail.as_bytes()
    made = dkim.sign(raw, b"bench", b"shop.example", PEM, canonicalize=(b"relaxed", b"relaxed"), include_headers=SIGNED)
    return bytes(made) + raw


def main(rounds: int = 5) -> bool:
    """Print both and their ratio; return whether the goal holds."""
    good = all(_believed(make()) for make in (ours, libraries)) and _words(ours()) == _words(libraries())
    mine: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        theirs.append(_each_ms(libraries, 20))
        mine.append(_each_ms(ours, 300))
    ratio = median([other / own for own, other in zip(mine, theirs, strict=True)])
    print(f"python-liquid + email.message + dkimpy   {median(theirs):7.3f} ms a mail")
    print(f"Welltimed                                {median(mine):7.3f} ms a mail")
    print(f"both verified by dkimpy, same words: {'yes' if good else 'NO'}")
    print(f"ratio x{ratio:.1f} (median of {rounds} interleaved rounds, processor time; goal x{GOAL})")
    return ratio >= GOAL and good


def _each_ms(make: Callable[[], bytes], times: int) -> float:
    started = time.process_time()
    for _ in range(times):
        make()
    return (time.process_time() - started) / times * 1000


def _believed(mail: bytes) -> bool:
    def dns(name: bytes, timeout: float) -> bytes:
        return RECORD

    return bool(dkim.verify(mail, dnsfunc=dns))


def _words(mail: bytes) -> list[list[str]]:
    parts = message_from_bytes(mail, policy=default).iter_parts()
    return [part.get_content().split() for part in parts]


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
