"""Press what a merchant presses about single messages, through the app's own pages, drawn from a seed.

Where mails lose their answer at the final dot, somebody has to decide: the sink is told to fall silent now and then.
"""

import random
from collections import Counter

from sqlalchemy import select

from app.flows.models import FollowUp, FollowUpState
from app.flows.planning.by_hand.again import way_back
from app.messages.models import Message
from devstore.mail.run import script
from devstore.mail.script import DROP, Line
from tests.convergence.shops import DOMAIN
from tests.database import API_KEY, API_SECRET
from tests.shopify.test_id_token import claims, signed

STARTED = "Left out.", "Planned again", "Left as it is."  # what the page says where the press did something


class Hands:
    """Hold what somebody at the shop wants now and then: each share is how likely it is at one look."""

    def __init__(self, both, seed, *, skips=0.1, again=0.3, leaves=0.1, silences=0.15):
        self.both, self.dice = both, random.Random(f"hands {seed}")
        self.skips, self.again, self.leaves, self.silences = skips, again, leaves, silences
        self.pressed = Counter()  # what was carried out

    def look(self):
        """Press what is wanted at this instant; the next mail may lose its answer."""
        planned, ended = self._messages()
        if planned and self.dice.random() < self.skips:
            self.press(self.dice.choice(planned), "skip")
        for row in ended:
            if self.dice.random() < self.again:
                self.press(row, "again")
            elif self.dice.random() < self.leaves:
                self.press(row, "leave")
        silent = self.dice.random() < self.silences
        script.replace([Line("dot", DROP, 1, "", 0)] if silent else [])

    def press(self, row, what):
        """Press one button and note whether that did anything."""
        issuer = f"https://{DOMAIN}"
        token = signed(claims(aud=API_KEY, iss=f"{issuer}/admin", dest=issuer), API_SECRET)
        headers = {"Authorization": f"Bearer {token}", "HX-Request": "true", "Sec-Fetch-Dest": "empty"}
        answer = self.both.app.post(f"/follow-ups/{row}/{what}", headers=headers)
        assert answer.status_code == 200, answer.text
        self.pressed[what] += any(words in answer.text for words in STARTED)

    def _messages(self):
        rows = self.both.rows(
            select(FollowUp, Message.state)
            .outerjoin(Message, (Message.shop_id == FollowUp.shop_id) & (Message.follow_up_id == FollowUp.id))
            .order_by(FollowUp.id)
        )
        planned = [row.id for row, _ in rows if row.state is FollowUpState.SCHEDULED]
        return planned, [row.id for row, state in rows if way_back(row, state) is not None]
