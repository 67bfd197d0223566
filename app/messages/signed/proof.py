"""Keep how a person acted on one of our pages: which words they saw, and a salted hash of where they came from."""

from __future__ import annotations

import hashlib
import hmac

from flask import Request

from app.config import Config
from app.customers.consent import Proof
from app.messages.models import Message
from app.messages.signed.page_words import words


def proof(config: Config, request: Request, message: Message, page: str) -> Proof:
    """Return what shows that the person behind a mail acted on `page`, such as "unsubscribe".

    The version of a text is a digest of the words themselves, so that it never lags behind them. The network address
    is hashed with the newest link key and the shop, and cannot be read back or compared between shops.
    """
    said = words(message.locale)
    text = "\n".join(f"{name}={said[name]}" for name in sorted(said) if name.startswith(f"{page}_"))
    version = f"{page}:{said['language']}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    salt = f"{config.link_keys[0]}:{message.shop_id}".encode()
    ip = request.remote_addr or ""
    return Proof(text_version=version, ip_hash=hmac.new(salt, ip.encode(), hashlib.sha256).hexdigest() if ip else None)
