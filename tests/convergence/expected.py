"""What the truth says must be sent, may be sent, must not be sent: stated anew, without a line of the app's rules.

The five mails of the preset, by the truth at one instant:

thank_you       of an order, once it is paid, within two days of placing
shipped         of a parcel, within three days, unless it has arrived
delivered       of a parcel, within three days of an arrival somebody reported
product_help    of a line, from three days after its parcel arrived, for 14 days, between 9 and 20 where it went
review_request  of a line, from seven days after, for 21 days, between 9 and 20 where it went

A line waits while a return it is in is open; the others of its parcel do not.

A parcel nobody reported counts, for the last two, as arrived when it was on the way for 14 days. What came back in a
return is no longer spoken of once that return is closed, refunded or not.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

SEND, SKIP, WAIT = "send", "skip", "wait"
DAY = timedelta(days=1)
UNPAID = {"pending", "voided"}
UNDONE = {"voided", "refunded"}
ZONES = {
    "GB": "Europe/London",
    "DE": "Europe/Berlin",
    "FR": "Europe/Paris",
    "JP": "Asia/Tokyo",
    "US": "America/New_York",
    None: "Europe/London",
}
ASKS_FOR_CONSENT = {"DE", "AT", "FR"}
LINE_STEPS = {"product_help": (3 * DAY, 14 * DAY), "review_request": (7 * DAY, 21 * DAY)}
NOBODY_SAID = 14 * DAY
GIVEN_UP = 21 * DAY  # nobody is told any more that it has arrived


def keys(truth):
    """Return what could be spoken about in an order as it is now: (kind, id, step)."""
    yield ("order", truth.order.id, "thank_you")
    for parcel in truth.parcels:
        yield ("fulfillment", parcel.row.id, "shipped")
        yield ("fulfillment", parcel.row.id, "delivered")
        for line in parcel.contents:
            for step in LINE_STEPS:
                yield ("order_line", line, step)


def verdicts(key, truth, erased, now):
    """Return the verdict about a key for each parcel it could be said of; `erased` says the person is."""
    kind, number, step = key
    if kind == "order":
        return {None: _thank_you(truth, erased, now)}
    parcels = [one for one in truth.parcels if number in (one.row.id, *one.contents)]
    say = {"shipped": _shipped, "delivered": _delivered}.get(step)
    if say:
        return {one.row.id: say(one, truth, erased, now) for one in parcels if one.row.id == number}
    return {one.row.id: _line(step, number, one, truth, erased, now) for one in parcels if number in one.contents}


def _thank_you(truth, erased, now):
    order = truth.order
    if order.financial_status in UNPAID:
        return WAIT
    left = any(_left(truth, line, line.quantity) for line in truth.lines.values())
    stands = order.cancelled_at is None and left and not erased and order.email
    return SEND if stands and now < order.processed_at + 2 * DAY else SKIP


def _shipped(parcel, truth, erased, now):
    if truth.order.financial_status in UNPAID:
        return WAIT
    arrived = parcel.arrival[1] == "carrier_event"
    fresh = now < parcel.row.created_at + 3 * DAY
    return SEND if fresh and not arrived and not erased and _carries_something(parcel, truth) else SKIP


def _delivered(parcel, truth, erased, now):
    if truth.order.financial_status in UNPAID:
        return WAIT
    at, _ = parcel.arrival
    if at is None:
        return WAIT if now < parcel.row.created_at + GIVEN_UP else SKIP
    return SEND if now < at + 3 * DAY and not erased and _carries_something(parcel, truth) else SKIP


def _line(step, number, parcel, truth, erased, now):
    order, line = truth.order, truth.lines[number]
    delay, lifetime = LINE_STEPS[step]
    at, _ = parcel.arrival
    ready = (at or parcel.row.created_at + NOBODY_SAID) + delay
    if order.financial_status in UNPAID or now < ready or not _daytime(order, now):
        return WAIT
    review = step == "review_request"
    if now >= ready + lifetime or erased or not order.email or line.gift_card:
        return SKIP
    if review and (order.test or order.cancelled_at or order.financial_status in UNDONE):
        return SKIP
    if parcel.row.status != "success" or not _left(truth, line, parcel.contents[number]):
        return SKIP
    if any(case.status in {"requested", "open"} and contents.get(number) for case, contents in truth.returns):
        return WAIT
    return SEND if not review or _may_ask(truth) else SKIP


def _may_ask(truth):
    person = truth.customer
    country = (truth.order.shipping_address or (person and person.address) or {}).get("country_code")
    agreed = person is not None and person.email_consent == "subscribed"
    return agreed or (country is not None and country not in ASKS_FOR_CONSENT)


def _left(truth, line, packed):
    kept = truth.refunded(line.id) < line.quantity and min(line.current_quantity, packed) > 0
    return kept and not (truth.came_back(line.id) and truth.still_out(line.id) <= 0)


def _carries_something(parcel, truth):
    lines = ((truth.lines[number], quantity) for number, quantity in parcel.contents.items())
    left = any(line.requires_shipping and _left(truth, line, quantity) for line, quantity in lines)
    return left and parcel.row.status == "success" and bool(truth.order.email)


def _daytime(order, now):
    country = (order.shipping_address or {}).get("country_code")
    return 9 <= now.astimezone(ZoneInfo(ZONES[country])).hour < 20
