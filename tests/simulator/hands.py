"""What merchants press about single messages, on the app's own pages: leave it out, plan it again, send it again.

What was pressed, when, and in which words the page answered is kept for the checker. Where no answer comes, somebody
presses again, a few times.
"""

import random
import re
from dataclasses import dataclass
from datetime import timedelta

from tests.database import API_KEY, API_SECRET
from tests.shopify.test_id_token import claims, signed

MOST = 6  # times a button is pressed before somebody gives up
SHOWN = 20  # of a list, as a page shows it
PLANNED = "f.state in ('scheduled', 'held') order by f.due_at, f.id"
ENDED = """f.outcome = 'skipped' and m.state is distinct from 'unknown'
    and f.reason in ('stale', 'dropped_on_resume', 'skipped_by_merchant', 'failed', 'render_error')
    order by f.done_at desc, f.id"""
DOUBTED = "m.state = 'unknown' and f.state = 'done' order by f.id"
LISTED = """select f.id, f.step, o.shopify_id, p.shopify_id, l.shopify_id from follow_up f
    join enrollment e on e.shop_id = f.shop_id and e.id = f.enrollment_id
    join "order" o on o.shop_id = f.shop_id and o.id = f.order_id
    left join fulfillment p on p.shop_id = f.shop_id and p.id = e.subject_id and e.subject_kind = 'fulfillment'
    left join order_line l on l.shop_id = f.shop_id and l.id = e.subject_id and e.subject_kind = 'order_line'
    left join message m on m.shop_id = f.shop_id and m.follow_up_id = f.id
    where f.shop_id = %s and """
PLACES = {"leave_out": (PLANNED, "skip"), "plan_again": (ENDED, "again"), "send_again": (DOUBTED, "again")}
PLACES["leave_it"] = (DOUBTED, "leave")


@dataclass(eq=False)
class Pressed:
    """One press: about which message (our id of it, and what the page says of it), and what the page answered."""

    shop: str
    button: str  # leave_out, plan_again, send_again, leave_it
    row: int
    step: str
    order: int
    parcel: int | None
    line: int | None
    asked_at: object
    answered_at: object = None
    words: str = ""


def draw(dice, shops, beginning):
    """Return what is to be pressed at each shop: (shop, at, button, how far down the list); a few a seed."""
    dice = random.Random(dice.random())
    for shop in shops:
        for button, most in (("leave_out", 2), ("plan_again", 2), ("send_again", 3), ("leave_it", 1)):
            for _ in range(dice.randint(0, most)):
                yield shop, beginning + timedelta(hours=dice.uniform(30, 560)), button, dice.randrange(SHOWN)


class Hands:
    """Press buttons. `presses` are all that were, the first first."""

    def __init__(self, on, ids):
        self.on, self.ids, self.presses = on, ids, []

    def press(self, errand):
        """Press what an errand wants; a shop that has left, or an empty list, leaves nothing to press."""
        words = errand.words
        if "about" not in words:
            words["about"], words["left"] = self._found(errand), MOST
        words["left"] -= 1
        if words["about"] is None or not errand.shop.installed or words["left"] < 0:
            return
        row, *about = words["about"]
        pressed = Pressed(errand.shop.domain, errand.verb, row, *about, asked_at=self.on.hub.now)
        self.presses.append(pressed)
        answer = self.on.web.post(f"/follow-ups/{row}/{PLACES[errand.verb][1]}", headers=self._headers(errand.shop))
        if answer.status_code not in {200, 404}:
            raise LookupError(f"{pressed.button}: {answer.status_code}")
        pressed.answered_at = self.on.hub.now
        pressed.words = " ".join(re.sub(r"<[^>]*>", " ", answer.text).split()) if answer.status_code == 200 else ""

    def _found(self, errand):
        listed, (which, _) = errand.words, PLACES[errand.verb]
        wanted = LISTED + (f"f.step = '{listed['step']}' and " if "step" in listed else "") + which
        shop = self.ids[errand.shop.domain]
        rows = self.on.monitor.execute(f"{wanted} limit {SHOWN}", (shop,)).fetchall()
        return rows[listed.get("nth", 0) % len(rows)] if rows else None

    def _headers(self, shop):
        issuer = f"https://{shop.domain}"
        token = signed(claims(aud=API_KEY, iss=f"{issuer}/admin", dest=issuer), API_SECRET)
        return {"Authorization": f"Bearer {token}", "HX-Request": "true", "Sec-Fetch-Dest": "empty"}
