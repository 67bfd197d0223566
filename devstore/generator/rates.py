"""How often things happen in a generated history: what is declared here is what a test measures afterwards."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares; of what, the comment says."""

    # of people
    guest: float = 0.18
    second_address: float = 0.10
    merged: float = 0.012  # later turn out to be a customer the shop already knows
    subscribes: float = 0.08  # of people with a product that runs out: the order comes by itself
    # of ordinary orders
    gift: float = 0.06
    pick_up: float = 0.04
    test: float = 0.004
    fraud: float = 0.004
    cancelled: float = 0.025
    edited: float = 0.025
    paid_later: float = 0.03
    discounted: float = 0.12  # with a code everybody may use, or with one made for the buyer
    # of orders with two or more lines to carry
    split: float = 0.16
    partial: float = 0.04  # the second part waits for stock, for weeks
    # of carried parcels
    untracked: float = 0.08  # go as letters
    # of parcels that were fetched
    pressed: float = 0.7  # the merchant says so
    # of orders all of which arrived
    returned: float = 0.07
    refunded: float = 0.02
    refunded_in_part: float = 0.03
    # of returns
    exchanged: float = 0.25
    declined: float = 0.06
    left_open: float = 0.04
    # of lost parcels
    lost_refunded: float = 0.8
    # a year and shop
    bulk_buyers: float = 1.5
    card_testers: float = 2.0


ORDINARY = Rates()
