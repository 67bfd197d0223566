"""Say what asking about past orders would do, how it stands, and why somebody is left out. Pure."""

from __future__ import annotations

import math
from typing import Final

from app.flows.words.count_words import counted

MONTHS: Final = {1: "month", 3: "3 months", 6: "6 months", 12: "12 months"}
LEFT_OUT: Final = {
    "recruited": "Already asked about by this",
    "own_flow": "Followed by your flows anyway",
    "later_order": "Asked about a later order of theirs",
    "no_basis": "No agreement to mails that count as advertising where they live",
    "unsubscribed": "Unsubscribed",
    "topic_off": "Asked not to be asked for reviews",
    "paused_by_person": "Asked for a pause",
    "often_enough": "Asked for fewer mails",
    "order_cancelled": "Order cancelled",
    "order_refunded": "Refunded",
    "items_refunded": "Everything in it refunded",
    "items_returned": "Everything in it sent back",
    "items_removed": "Everything in it taken off the order",
    "nothing_left": "Nothing of it left to ask about",
    "gift": "A gift",
    "gift_card": "A gift card",
    "test_order": "A test order",
    "already_reviewed": "Reviewed already",
    "already_reordered": "Ordered again since",
    "asked_lately": "Asked about this product within the year",
    "subscription_renewal": "A subscription that renewed itself",
    "no_address": "No mail address",
    "hard_bounce": "Their address does not exist any more",
    "complaint": "Complained about a mail",
    "erased": "Erased on request",
    "holdout": "Held out so that the effect can be measured",
}


def offer_words(people: int, looked_at: int, months: int, daily_cap: int, *, is_cut: bool) -> str:
    """Return what starting would do; `is_cut` where earlier orders were not looked at yet."""
    period = f"in the last {MONTHS[months]}"
    if not looked_at:
        return f"No order that arrived {period} is known."
    of = f"the latest {looked_at:,} orders" if is_cut else counted(looked_at, "order")
    rest = " Earlier ones are looked at when their turn comes." if is_cut else ""
    if not people and is_cut:
        return f"Nobody of {of} that arrived {period} would be asked, each for a reason below.{rest}"
    if not people:
        return f"Nobody would be asked: {of} arrived {period}, and each is left out for a reason below."
    days = math.ceil(people / daily_cap)
    each = counted(people, "person", "people")
    if is_cut:
        pace = f"{daily_cap:,} a day. Looked at: {of} that arrived {period}.{rest}"
        return f"At least {each} would be asked for a review, {pace}"
    last = f"{daily_cap:,} a day, {counted(days, 'day')} in all" if days > 1 else "all on one day"
    return f"{each} would be asked for a review, {last}. Looked at: {of} that arrived {period}."


def standing_words(state: str, recruited: int, daily_cap: int) -> str:
    """Return how a campaign stands."""
    asked = counted(recruited, "order")
    if state == "running":
        return f"Running: {asked} taken in so far, {daily_cap:,} a day at most. Each mail is still decided at its hour."
    if state == "done":
        return f"Done: {asked} taken in. Nobody is left to ask."
    return f"Stopped: {asked} taken in. What is planned waits; starting again lets it go on."


def left_out_words(reason: str) -> str:
    """Return why people are left out, in a few words."""
    return LEFT_OUT.get(reason) or reason.replace("_", " ").capitalize()
