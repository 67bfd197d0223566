"""A sentence for every reason: the fact, then what would change it. Pure.

In English, for the merchant. `{person}` and dates are filled in when somebody reads them, never stored. A key with a
slash is a variant: what the same reason says of another case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.flows.rules.reasons import Reason

SENTENCES: Final[Mapping[str, str]] = {
    Reason.SHOP_UNINSTALLED: "The app is not installed. Continues when it is installed again, until {expires}.",
    Reason.NEEDS_RECONNECTION: "The store was disconnected. Continues when you have reconnected it and it was"
    " read again, until {expires}.",
    Reason.AWAITING_DATA_ACCESS: "Shopify has not opened customer data to this app yet. Continues when access is"
    " approved, until {expires}.",
    Reason.RESTORED: "Our records were put back from a backup. Continues when it is clear what left since, until"
    " {expires}.",
    Reason.HALTED: "Whoever runs the app has halted all sending to look at what was planned. Continues when they let it"
    " go on, until {expires}.",
    Reason.SHOP_PAUSED: "All sending was paused{by} {on}. Continues when you resume, until {expires}.",
    "shop_paused/refused": "The mail server refused this shop's mail {on}{said}. Nobody's address is at fault. All"
    " sending waits; continues when you resume, until {expires}.",
    "shop_paused/unusual": "Far more was planned for one hour than is usual {on}{said}. All sending waits; continues"
    " when you resume, until {expires}.",
    Reason.FLOW_PAUSED: "This flow was paused{by} {on}. Continues when you resume it, until {expires}.",
    "flow_paused/not_started": "This flow has not been started. Continues when you start it, until {expires}.",
    Reason.STEP_PAUSED: "This message is switched off. Continues when you switch it on, until {expires}.",
    Reason.LEFT_TO_SHOPIFY: "Left to Shopify, which sends its own. Switch this message on to send it from here.",
    Reason.ALREADY_SENT: "{person} has had this message. Each message goes out once.",
    "already_sent/together": "{person} was {asked} about these together with what arrived at the same time, in one"
    " message.",
    "already_sent/unknown": "This message may or may not have reached {person}. It is never sent twice by itself.",
    Reason.STALE: "{person}: not {asked}, it was worth sending until {expires} and could not leave before.",
    Reason.OVERTAKEN: "{person}: not sent, the parcel arrived {on} before this news could leave.",
    "overtaken/moved_on": "{person}: not sent, the carrier had newer word of the parcel before this could leave.",
    "stale/cap": "{person}: not {asked}, {person} had as many messages as you set until this was no longer worth"
    " sending, {expires}. A higher measure in settings lets more go.",
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
    Reason.GIFT: "{person}: not {asked}, the order is a gift and you ask nobody about gifts. Settings change that.",
    Reason.PERSON_EXCLUDED: "{person}: not {asked}, you leave this address out. Settings change that.",
    Reason.CUSTOMER_TAG_EXCLUDED: "{person}: not {asked}, you leave out customers with a tag of theirs. Settings change"
    " that.",
    Reason.ORDER_TAG_EXCLUDED: "{person}: not {asked}, you leave out orders tagged “{tag}”. Settings change that.",
    Reason.PRODUCT_EXCLUDED: "{person}: not {asked}, you leave this product out. Settings change that.",
    Reason.PRODUCT_TAG_EXCLUDED: "{person}: not {asked}, you leave out products with a tag of this one. Settings change"
    " that.",
    Reason.COLLECTION_EXCLUDED: "{person}: not {asked}, you leave out a collection this product is in. Settings change"
    " that.",
    Reason.NOTHING_LEFT: "{person}: not {asked}, nothing it was about is left: refunded, sent back or taken off.",
    Reason.RETURN_OPEN: "{person}'s return is open. Continues when it closes, until {expires}.",
    Reason.NOT_RECEIVED: "{person} says that it has not arrived. {Asked} {until}, or once the carrier reports it.",
    Reason.NOT_DELIVERED: "{person}'s parcel has not arrived yet. {Asked} after it does, by {latest} at the latest.",
    "not_delivered/untracked": "{person}: no tracking, {asked} by {latest} at the latest.",
    "not_delivered/inferred": "Nobody has reported {person}'s parcel yet; it {should}. {Asked} {until}, or earlier"
    " if it is reported.",
    "not_delivered/not_shipped": "{person}'s parcel has not been sent yet. Continues when it is, until {expires}.",
    "not_delivered/news": "{person}'s parcel has not arrived yet. Sent when it does.",
    Reason.TOO_SOON: "{person}'s parcel arrived {on}. {Asked} {until}.",
    Reason.DELIVERY_UNCONFIRMED: "{person}: not sent, nobody ever reported that the parcel arrived.",
    Reason.ALREADY_REVIEWED: "{person} has reviewed this already.",
    Reason.ALREADY_REORDERED: "{person}: not sent, bought again {on}.",
    Reason.SUBSCRIPTION_RENEWAL: "{person}: not {asked}, {order} renews a subscription. The first order of it was asked"
    " about.",
    Reason.ASKED_LATELY: "{person}: not asked, {person} was asked about this product {on}. Asked again {months} after"
    " that at the earliest.",
    Reason.PROFILE: "{person}: not {asked}, this flow no longer speaks to them: {profile}.",
    Reason.ERASED: "Erased on request. Nothing is sent to this person again.",
    Reason.MERGED: "{person} was merged into another customer, who gets what is still to come.",
    "merged/twice": "{person} hears this once: two customers became one, and the other was or will be written to about"
    " the same product.",
    Reason.HARD_BOUNCE: "{person}: not {asked}, the address does not take mail{words}. An order placed"
    " under another address gets its own.",
    Reason.COMPLAINT: "{person} marked an earlier message as spam. Nothing is sent to this address again.",
    Reason.NO_ADDRESS: "{person}: not {asked}, the order has no e-mail address.",
    Reason.NO_BASIS: "{person}: not {asked}. {law}, and {person} has not agreed.",
    "no_basis/expired": "{person}: not {asked}. {law}; they ended {ended}, and {person} has not agreed.",
    "no_basis/unknown_country": "{person}: not {asked}. The country is unknown, so the strictest rule holds, and"
    " {person} has not agreed to marketing.",
    "no_basis/promotion": "{person}: not sent. It carries promotion, and {person} has not agreed to marketing.",
    "no_basis/misfit": "{person}: not sent. {misfit}. Right the flow, and the next one goes.",
    Reason.TOPIC_OFF: "{person} switched this kind of message off. Only {person} can switch it on again.",
    Reason.UNSUBSCRIBED: "{person} unsubscribed {on}. Order news still goes out; this is not sent.",
    Reason.PRODUCT_MUTED: "{person} wants to hear nothing more about this product. Only {person} can change that.",
    Reason.OFTEN_ENOUGH: "{person} wants at most one message {every}. Continues {until}.",
    Reason.HOLDOUT: "{person}: not {asked}, one of the {percent} % kept out to measure by. Would have gone {until}.",
    Reason.PAUSED_BY_PERSON: "Messages to {person} are paused{by}. Continues {until}.",
    Reason.OUTSIDE_WINDOW: "{person}: waits until {until}.",
    Reason.CAP_REACHED: "{person} has had as many messages as you set ({cap}). Continues {until}, until {expires}.",
    Reason.AFTER_OTHERS: "{person}: waits, another message to the same person matters more. Looked at again {until}.",
    Reason.SAME_CONTENT: "{person}: not {asked}, {person} had the same words {on}. The same again after {days} at the"
    " earliest.",
    Reason.TOGETHER: "{person}: {asked} together with what arrived at the same time, in one message.",
    Reason.NEWS_ENOUGH: "{person}: waits until {until}. Two messages about the parcels of order {order} are enough for"
    " a day.",
    Reason.QUIET_HOURS: "{person}: waits until {until}, when your quiet hours are over.",
    Reason.BLACKOUT: "{person}: waits until {until}. You keep the days before that free of messages.",
    Reason.HOLIDAY: "{person}: waits until {until}. {Holiday} is a public holiday in {lives_in}.",
    Reason.FAILED: "{person}: not {asked}, something kept failing on our side. It is recorded; nothing was sent.",
    Reason.RENDER_ERROR: "{person}: not {asked}, the mail could not be written: {problem}. It is not tried again.",
    Reason.REJECTED: "{person}: the mail server of this address refused the message for good. Nothing more is tried.",
    Reason.DROPPED_ON_RESUME: "{person}: not {asked}, it was more than a day late when sending was resumed.",
    Reason.SKIPPED_BY_MERCHANT: "{person}: not {asked}, you left this one out.",
    Reason.BEFORE_START: "{person}: not {asked}, order {order} was placed before you started.",
    Reason.EXITED: "{person}: not {asked}, what ends this flow's run had happened.",
    Reason.GOAL_REACHED: "{person}: not {asked}, what this flow is for had been reached.",
    Reason.ADDED_LATER: "{person}: not {asked}, its time had passed when this message became part of the flow.",
    Reason.STEP_GONE: "{person}: not {asked}, this message is no longer part of the flow.",
}


def sentence(reason: Reason, told: Mapping[str, str], variant: str | None = None) -> str:
    """Return the sentence for a reason, filled with what is `told`; KeyError where a placeholder was not told."""
    key = f"{reason}/{variant}" if variant else str(reason)
    text = SENTENCES[key].format_map(told)
    return text[0].upper() + text[1:]
