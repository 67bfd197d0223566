"""Welltimed: the right follow-up once the parcel is really there, and a plain reason whenever we stay silent.

The house has one direction: calls go down, facts go up. From top to bottom:

wiring        composition root: every route, topic, subscriber and periodic job is named there  |  commands: flask …
flows         what to say, to whom, when
reviews       what shoppers do
messages      one message: rendered, sent, tracked  |  experiments: the dice
orders        what happened at the shop  |  catalog: what it sells  |  channels: how words leave the building
customers     person, consent, suppression, preferences
shops         the tenant and its settings
shopify       the platform
kit           no domain word: clock, database, queue, events, errors, signing, log, fault points
config        read once

This package imports nothing of its own, so that `app.flows.timing.slots` loads in a bare test.
"""

import zoneinfo

zoneinfo.reset_tzpath(to=())  # the pinned tzdata and never the machine's own: the same zones on every machine
