"""Hold back whoever sends a form of one link again and again. A mail program's one click is never held back.

A person who corrects what is marked sends a form a few times; a loop sends hundreds. One link is one mail to one
person, so nobody else pays for it. RFC 8058 senders repeat their one POST as they like: the caller lets those through.
"""

from __future__ import annotations

from typing import Final

from flask import Response
from sqlalchemy.orm import Session

from app.kit.errors import TooMany
from app.kit.limit import Limit
from app.messages.models import Message
from app.messages.signed.page_words import words
from app.messages.signed.shopper_page import page

PER_S: Final = 60
FORMS: Final = Limit(times=60, per_s=PER_S)  # one a second: no hand is that fast, no impatient press is refused


def too_often(session: Session, message: Message) -> Response | None:
    """Count one sent form of the message's links; return the page that says to wait where it is one too many.

    Call it once the link has been found genuine: a forged one gets what every forged one gets.
    """
    if FORMS.take((message.shop_id, message.public_id)):
        return None
    answer = page(session, "too_often.html", words(message.locale), TooMany.status)
    answer.headers["Retry-After"] = str(PER_S)
    return answer
