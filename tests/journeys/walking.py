"""What the journey's steps share: waiting, counting the store's own records, moving its clock."""

import time

from tests.browser import DESKTOP
from tests.journeys.eyes import patient

# The agent of a browser without a head is told as a machine's, and rightly.
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
SOON_S = 60
JUMP_S = 300
LEASES_S = 150  # what a killed worker had claimed is free again after two minutes
SWEPT_S = 270  # who was killed between a hand-off and its dot is known after three minutes, at the next sweep


def after(done, name):
    assert name in done, f"the journey ended before this: {name} failed"


def until(true, seconds=SOON_S, every=0.25):
    """Return the first true answer within some seconds."""
    ends = time.monotonic() + seconds
    while not (answer := true()):
        assert time.monotonic() < ends, f"{true} is not true after {seconds} s"
        time.sleep(every)
    return answer


def orders(demo):
    return demo.api("/api/orders?limit=500")["orders"]


def on_the_road(demo):
    """Return the order's name for each parcel that has left and not arrived; what travels by mail alone is none."""
    return [
        order["name"]
        for order in orders(demo)
        for parcel in order["fulfillments"]
        if parcel["status"] == "success" and parcel["shipment_status"] != "delivered"
        if any(line["requires_shipping"] for line in parcel["line_items"])
    ]


def mails(demo, to=None):
    """Return the inbox, oldest first."""
    found = demo.api(f"/api/inbox?limit=1000{f'&to={to}' if to else ''}")["mails"]
    return sorted(found, key=lambda mail: mail["id"])


def jump(demo, page, button):
    """Press a button of the clock and wait until the clock stands still again."""
    page.get_by_role("button", name=button, exact=True).click()
    until(lambda: demo.api("/api/clock/jump")["running"], 10)
    until(lambda: not demo.api("/api/clock/jump")["running"], JUMP_S)
    moved = demo.api("/api/clock/jump")
    assert (moved["error"], moved["impatient"]) == ("", 0)
    return moved


def opened(open_page, address, width=DESKTOP):
    page = patient(open_page(width, user_agent=PERSON))
    page.goto(address)
    return page
