"""Why a follow-up was not sent, or waits: a closed list. Pure.

Each reason has a sentence: the fact, then what would change it. Sentences are in English, for the merchant. `{person}`
and dates are filled in when somebody reads them, never stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """Name every reason. The first group comes from the decision table; the second from outside it."""

    SHOP_UNINSTALLED = "shop_uninstalled"
    NEEDS_RECONNECTION = "needs_reconnection"
    AWAITING_DATA_ACCESS = "awaiting_data_access"
    RESTORED = "restored"
    SHOP_PAUSED = "shop_paused"
    FLOW_PAUSED = "flow_paused"
    STEP_PAUSED = "step_paused"
    LEFT_TO_SHOPIFY = "left_to_shopify"
    ALREADY_SENT = "already_sent"
    STALE = "stale"
    OVERTAKEN = "overtaken"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_DELETED = "order_deleted"
    ORDER_FRAUD = "order_fraud"
    ORDER_VOIDED = "order_voided"
    ORDER_REFUNDED = "order_refunded"
    TEST_ORDER = "test_order"
    ITEMS_REFUNDED = "items_refunded"
    ITEMS_RETURNED = "items_returned"
    ITEMS_REMOVED = "items_removed"
    PARCEL_CANCELLED = "parcel_cancelled"
    NOTHING_TO_SHIP = "nothing_to_ship"
    GIFT_CARD = "gift_card"
    NOTHING_LEFT = "nothing_left"
    RETURN_OPEN = "return_open"
    NOT_DELIVERED = "not_delivered"
    TOO_SOON = "too_soon"
    DELIVERY_UNCONFIRMED = "delivery_unconfirmed"
    ALREADY_REVIEWED = "already_reviewed"
    PROFILE = "profile"
    ERASED = "erased"
    MERGED = "merged"
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    NO_ADDRESS = "no_address"
    NO_BASIS = "no_basis"
    TOPIC_OFF = "topic_off"
    UNSUBSCRIBED = "unsubscribed"
    PAUSED_BY_PERSON = "paused_by_person"
    OUTSIDE_WINDOW = "outside_window"
    QUIET_HOURS = "quiet_hours"
    BLACKOUT = "blackout"
    HOLIDAY = "holiday"
    RENDER_ERROR = "render_error"
    FAILED = "failed"

    REJECTED = "rejected"
    DROPPED_ON_RESUME = "dropped_on_resume"
    SKIPPED_BY_MERCHANT = "skipped_by_merchant"
    BEFORE_START = "before_start"
    EXITED = "exited"
    GOAL_REACHED = "goal_reached"
    STEP_GONE = "step_gone"


# Waits for an hour: the message itself is not in question.
OF_HOURS: Final = frozenset({Reason.OUTSIDE_WINDOW, Reason.QUIET_HOURS, Reason.BLACKOUT, Reason.HOLIDAY})

SENTENCES: Final[Mapping[str, str]] = {
    Reason.SHOP_UNINSTALLED: "The app is not installed. Continues when it is installed again, until {expires}.",
    Reason.NEEDS_RECONNECTION: "The store is disconnected. Continues when you reconnect it, until {expires}.",
    Reason.AWAITING_DATA_ACCESS: "Shopify has not opened customer data to this app yet. Continues when access is"
    " approved, until {expires}.",
    Reason.RESTORED: "Our records were put back from a backup. Continues when it is clear what left since, until"
    " {expires}.",
    Reason.SHOP_PAUSED: "All sending was paused{by} {on}. Continues when you resume, until {expires}.",
    "shop_paused/refused": "The mail server refused this shop's mail {on}{said}. Nobody's address is at fault. All"
    " sending waits; continues when you resume, until {expires}.",
    Reason.FLOW_PAUSED: "This flow was paused{by} {on}. Continues when you resume it, until {expires}.",
    "flow_paused/not_started": "This flow has not been started. Continues when you start it, until {expires}.",
    Reason.STEP_PAUSED: "This message is switched off. Continues when you switch it on, until {expires}.",
    Reason.LEFT_TO_SHOPIFY: "Left to Shopify, which sends its own. Switch this message on to send it from here.",
    Reason.ALREADY_SENT: "{person} has had this message. Each message goes out once.",
    "already_sent/unknown": "This message may or may not have reached {person}. It is never sent twice by itself.",
    Reason.STALE: "{person}: not {asked}, it was worth sending until {expires} and could not leave before.",
    Reason.OVERTAKEN: "{person}: not sent, the parcel arrived {on} before this news could leave.",
    Reason.ORDER_CANCELLED: "{person}: not {asked}, order {order} was cancelled {on}.",
    Reason.ORDER_DELETED: "{person}: not {asked}, order {order} was deleted {on}.",
    Reason.ORDER_FRAUD: "{person}: not {asked}, order {order} was cancelled {on} as fraud.",
    Reason.ORDER_VOIDED: "{person}: not {asked}, the payment of order {order} was voided.",
    Reason.ORDER_REFUNDED: "{person}: not {asked}, refunded {on}.",
    Reason.TEST_ORDER: "{person}: not {asked}, {order} is a test order. Those get order news only.",
    Reason.ITEMS_REFUNDED: "{person}: not {asked}, everything this was about was refunded{maybe_on}.",
    Reason.ITEMS_RETURNED: "{person}: not {asked}, everything this was about was sent back.",
    Reason.ITEMS_REMOVED: "{person}: not {asked}, everything this was about was taken off the order.",
    Reason.PARCEL_CANCELLED: "{person}: not {asked}, this parcel was cancelled. A new parcel gets its own messages.",
    Reason.NOTHING_TO_SHIP: "{person}: not sent, nothing in it travels by parcel.",
    Reason.GIFT_CARD: "{person}: not {asked}, it is a gift card.",
    Reason.NOTHING_LEFT: "{person}: not {asked}, nothing it was about is left: refunded, sent back or taken off.",
    Reason.RETURN_OPEN: "{person}'s return is open. Continues when it closes, until {expires}.",
    Reason.NOT_DELIVERED: "{person}'s parcel has not arrived yet. {Asked} after it does, by {latest} at the latest.",
    "not_delivered/untracked": "{person}: no tracking, {asked} by {latest} at the latest.",
    "not_delivered/not_shipped": "{person}'s parcel has not been sent yet. Continues when it is, until {expires}.",
    "not_delivered/news": "{person}'s parcel has not arrived yet. Sent when it does.",
    Reason.TOO_SOON: "{person}'s parcel arrived {on}. {Asked} {until}.",
    Reason.DELIVERY_UNCONFIRMED: "{person}: not sent, nobody ever reported that the parcel arrived.",
    Reason.ALREADY_REVIEWED: "{person} has reviewed this already.",
    Reason.PROFILE: "{person}: not {asked}, this flow no longer speaks to them: {profile}.",
    Reason.ERASED: "Erased on request. Nothing is sent to this person again.",
    Reason.MERGED: "{person} was merged into another customer, who gets what is still to come.",
    "merged/twice": "{person} hears this once: two customers became one, and the other was or will be written to about"
    " the same product.",
    Reason.HARD_BOUNCE: "{person}: not {asked}, the address does not take mail{words}. An order placed"
    " under another address gets its own.",
    Reason.COMPLAINT: "{person} marked an earlier message as spam. Nothing is sent to this address again.",
    Reason.NO_ADDRESS: "{person}: not {asked}, the order has no e-mail address.",
    Reason.NO_BASIS: "{person}: not {asked}. In {country} a review request counts as advertising, and {person} has not"
    " agreed.",
    "no_basis/unknown_country": "{person}: not {asked}. The country is unknown, so the strictest rule holds, and"
    " {person} has not agreed to marketing.",
    "no_basis/promotion": "{person}: not sent. It carries promotion, and {person} has not agreed to marketing.",
    Reason.TOPIC_OFF: "{person} switched this kind of message off. Only {person} can switch it on again.",
    Reason.UNSUBSCRIBED: "{person} unsubscribed {on}. Order news still goes out; this is not sent.",
    Reason.PAUSED_BY_PERSON: "Messages to {person} are paused. Continues {until}.",
    Reason.OUTSIDE_WINDOW: "{person}: waits until {until}.",
    Reason.QUIET_HOURS: "{person}: waits until {until}, when your quiet hours are over.",
    Reason.BLACKOUT: "{person}: waits until {until}. You keep the days before that free of messages.",
    Reason.HOLIDAY: "{person}: waits until {until}. {Holiday} is a public holiday in {lives_in}.",
    Reason.FAILED: "{person}: not {asked}, something failed on our side five times. It is recorded; nothing was sent.",
    Reason.RENDER_ERROR: "{person}: not {asked}, the mail could not be written: {problem}. It is not tried again.",
    Reason.REJECTED: "{person}: the mail server of this address refused the message for good. Nothing more is tried.",
    Reason.DROPPED_ON_RESUME: "{person}: not {asked}, it was more than a day late when sending was resumed.",
    Reason.SKIPPED_BY_MERCHANT: "{person}: not {asked}, you left this one out.",
    Reason.BEFORE_START: "{person}: not {asked}, order {order} was placed before you started.",
    Reason.EXITED: "{person}: not {asked}, what ends this flow's run had happened.",
    Reason.GOAL_REACHED: "{person}: not {asked}, what this flow is for had been reached.",
    Reason.STEP_GONE: "{person}: not {asked}, this message is no longer part of the flow.",
}


def sentence(reason: Reason, told: Mapping[str, str], variant: str | None = None) -> str:
    """Return the sentence for a reason, filled with what is `told`; KeyError where a placeholder was not told."""
    key = f"{reason}/{variant}" if variant else str(reason)
    text = SENTENCES[key].format_map(told)
    return text[0].upper() + text[1:]
