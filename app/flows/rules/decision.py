"""The plain values a decision is made of: what went in, what came out. Pure; no table and no clock is read here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from app.customers.policy.terms import Declared
from app.flows.language.steps import Arrival, Step, StepState
from app.flows.rules.reasons import Reason
from app.flows.timing.calendar import ALWAYS_OPEN, Calendar
from app.orders.arrival.delivery import UNREPORTED, DeliverySource, Inferred

Looked: TypeAlias = Mapping[str, str | int | bool | None]


class ShopState(StrEnum):
    """Say whether we may work for the shop at all."""

    ACTIVE = "active"
    UNINSTALLED = "uninstalled"
    NEEDS_RECONNECTION = "needs_reconnection"
    RESTORED = "restored"  # the database is an older copy, and nobody has said yet what left meanwhile
    HALTED = "halted"  # every shop is: an operator looks at what was planned
    AWAITING_DATA_ACCESS = "awaiting_data_access"  # fields are null because unapproved, not because absent


class Sent(StrEnum):
    """Say what became of an earlier message of this step about the same thing."""

    NEVER = "never"
    PENDING = "pending"  # another row's message says it, and has not come through yet
    REFUSED = "refused"  # another row's message said it, and the receiver refused that for good
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"  # it may have left; includes one that is being sent right now


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """The shop's state and its pause of all sending."""

    state: ShopState = ShopState.ACTIVE
    paused_at: datetime | None = None
    paused_by: str | None = None
    paused_words: str | None = None  # the mail server's, where its refusal is why
    declared: Declared = field(default_factory=Declared)
    risk: float | None = None  # how many may be asked too early where nobody reports the parcel; None for nobody


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the shop has set for everybody: how often a person may be written to, and how soon again."""

    per_week: int = 3  # of what is not part of the sale, in any 7 days
    per_month: int = 8  # in any 30 days
    asks_apart_months: int = 12  # between two requests about the same product
    same_apart_days: int = 30  # between two messages of the same words
    gifts: str = "buyer"  # who is asked about a gift: buyer | nobody


@dataclass(frozen=True, slots=True)
class FlowFacts:
    """The switches as they stand now, whichever version the run is pinned to."""

    running: bool = True
    paused_at: datetime | None = None
    paused_by: str | None = None
    step_state: StepState = StepState.ON
    trigger: str | None = None  # what starts it: an Event's name


@dataclass(frozen=True, slots=True)
class FollowUpFacts:
    """The planned row. `zone` is the recipient's IANA zone, `zone_source` what it was found by."""

    anchor_at: datetime | None
    due_at: datetime
    expires_at: datetime
    zone: str
    zone_source: str = "shop"
    provisional: bool = False
    sent: Sent = Sent.NEVER  # about the subject as a whole
    waited_for: str | None = None  # the reason it was last postponed or held for
    spoken_for_at: datetime | None = None  # another row speaks for this one too, and is due then
    news_at: tuple[datetime, ...] = ()  # when other news of the order's parcels went, or goes before this


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """The order as it stands now. `financial_status` in Shopify's vocabulary, any case."""

    name: str
    placed_at: datetime
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    deleted_at: datetime | None = None
    financial_status: str | None = None
    refunded_at: datetime | None = None  # the latest refund
    returned_at: datetime | None = None  # the latest return's closing
    is_test: bool = False
    gift: str | None = None  # how we know that it is one: note | attribute | recipient
    renewal: bool = False  # a subscription's later order
    excluded_tag: str | None = None  # the tag of the order by which the merchant leaves it out


@dataclass(frozen=True, slots=True)
class Item:
    """One order line in one parcel (or in none yet). `current_quantity` nets removals and refunds.

    `refunded` says that every unit was, `returned` that closed returns left none; `tracked` that a carrier can be asked
    about the parcel.
    """

    order_id: int
    order_line_id: int
    current_quantity: int
    fulfillment_id: int | None = None
    title: str = ""
    requires_shipping: bool = True
    is_gift_card: bool = False
    refunded: bool = False
    returned: bool = False
    parcel_cancelled: bool = False
    tracked: bool = True
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    delivered_source: DeliverySource | None = None
    inferred: Inferred | None = None
    sent: Sent = Sent.NEVER
    reviewed: bool = False
    shipment_status: str | None = None  # the carrier's latest word, in Shopify's vocabulary
    product_id: int | None = None  # Shopify's
    excluded: str | None = None  # what the merchant leaves it out by: product | product_tag | collection
    muted: bool = False  # the person wants to hear nothing more about this product
    asked_at: datetime | None = None  # the person was last asked about this product, whatever the variant
    reordered_at: datetime | None = None  # the person bought it again after this order
    denied_until: datetime | None = None  # the person said it has not come; until then nobody asks

    @property
    def reported_at(self) -> datetime | None:
        """Return when it arrived as somebody reported it; None for an assumed arrival, and for one that is denied."""
        assumed = self.delivered_source in UNREPORTED or self.denied_until is not None
        return None if assumed else self.delivered_at


@dataclass(frozen=True, slots=True)
class OpenReturn:
    """A return of this order that is neither closed nor declined.

    `lines` are our ids of the order lines in it; where none is known, it may be about any of them.
    """

    name: str
    opened_at: datetime
    lines: tuple[int, ...] = ()

    def is_about(self, line: Item) -> bool:
        """Say whether a line may be coming back in it."""
        return not self.lines or line.order_line_id in self.lines


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """The recipient as they stand now. `stopped` is why no mail may reach the address at all."""

    country: str | None = None
    has_address: bool = True
    erased_at: datetime | None = None
    merged: bool = False
    stopped: str | None = None  # hard_bounce | complaint | erased
    stopped_at: datetime | None = None
    stopped_words: str | None = None  # the receiver's own
    agreed_to_marketing: bool = False
    unsubscribed_at: datetime | None = None  # from everything but order news
    topics_off: frozenset[str] = frozenset()
    paused_until: datetime | None = None
    paused_by: str | None = None  # themselves, or who at the shop
    bought_at: datetime | None = None  # their latest order here, where the law counts from it
    excluded: str | None = None  # what the merchant leaves them out by: email | customer_tag
    at_most_every: timedelta | None = None  # how often they want to hear what is optional


@dataclass(frozen=True, slots=True)
class TurnFacts:
    """What the person has had, and who else waits for room.

    `said` are the instants of messages outside the sale, `optional` of everything an unsubscribe would stop, both of
    the last 30 days. `ahead` counts messages to the same person that are due now and matter more.
    """

    said: tuple[datetime, ...] = ()
    optional: tuple[datetime, ...] = ()
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class HoldoutFacts:
    """Name the holdout the person is in, and the share of people in it."""

    key: str  # "shop" | "flow.<key>"
    percent: int


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """Whether the flow still speaks to this person: its profile conditions asked again, and what spoke against.

    What ends the run is looked at again too.
    """

    holds: bool = True
    against: tuple[str, ...] = ()  # in words: "the country it goes to is GB"
    ended: str | None = None  # why the run has ended, or should have by now: exited | goal_reached


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """Whether the mail can be written: what is wrong with the current version, and whether an older one works."""

    problem: str | None = None
    last_good: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that one decision looks at."""

    step: Step
    follow_up: FollowUpFacts
    order: OrderFacts
    items: tuple[Item, ...]
    shop: ShopFacts = field(default_factory=ShopFacts)
    flow: FlowFacts = field(default_factory=FlowFacts)
    customer: CustomerFacts = field(default_factory=CustomerFacts)
    template: TemplateFacts = field(default_factory=TemplateFacts)
    profile: ProfileFacts = field(default_factory=ProfileFacts)
    open_returns: tuple[OpenReturn, ...] = ()
    calendar: Calendar = ALWAYS_OPEN  # holidays from before its anchor to its end
    bounds: Bounds = field(default_factory=Bounds)
    turn: TurnFacts = field(default_factory=TurnFacts)
    holdout: HoldoutFacts | None = None
    same_sent_at: datetime | None = None  # the person had these very words then

    def inferred(self, line: Item) -> Inferred | None:
        """Return the inferred arrival of a line, where it is within the risk the shop chose and the step may use it.

        A step that says "it arrived" never may: nobody said so.
        """
        found, risk = (None if line.denied_until is not None else line.inferred), self.shop.risk
        if found is None or risk is None or found.risk > risk or line.denied_until is not None:
            return None
        return found if self.step.arrival is Arrival.LIKELY else None


@dataclass(frozen=True, slots=True)
class Send:
    """Send it, about these order lines; with the last good template where the current one fails."""

    lines: tuple[int, ...]
    passed: tuple[int, ...]
    last_good: bool = False


@dataclass(frozen=True, slots=True)
class Skip:
    """Leave it out, for good. `rule` is the row of the decision table, `looked_at` what it looked at."""

    reason: Reason
    rule: int
    looked_at: Looked
    passed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Postpone:
    """Look again at `until`, which lies after now and not after the row's end."""

    until: datetime
    reason: Reason
    rule: int
    looked_at: Looked
    passed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep it until somebody resumes, or until its end makes it stale."""

    reason: Reason
    rule: int
    looked_at: Looked
    passed: tuple[int, ...] = ()


Ruling: TypeAlias = Send | Skip | Postpone | Hold
