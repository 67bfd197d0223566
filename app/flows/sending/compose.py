"""Write one message: the facts of an order as finished words, in the reader's language and zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.customers.wish_topics import Topic
from app.flows.facts.gather import Gathered
from app.flows.facts.gather_shown import Shown
from app.flows.language.steps import Step
from app.flows.sending.linking import Linking
from app.messages.mail import wording
from app.messages.mail.context import Customer, Line, Links, MailContext, Order, Parcel, Shop
from app.messages.mail.fill import RenderError
from app.messages.signed.links import Purpose
from app.orders.lanes.outlook import ExpectedBy
from app.orders.parcels import Fulfillment

EXPECTED_SPREAD = timedelta(days=1)  # carriers name one day; a day either side is what they keep
OPENS_NEED_CONSENT = frozenset(
    {"AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU", "MT"}
    | {"NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE", "IS", "LI", "NO", "GB", "CH"},
)  # ePrivacy Art. 5(3), PECR reg. 6, Swiss FADP: no pixel without consent
STARS = range(1, 6)


class ShopUnread(RenderError):
    """Say that a shop was not read since it was installed: what is due can be written once its name is known."""


def compose(
    shown: Shown, one: Gathered, lines: tuple[int, ...], linking: Linking, arm: str, now: datetime
) -> MailContext:
    """Return everything the mail may say about `lines` (our order line ids, in the order to be named).

    What a link needs, `linking` makes. Raises ShopUnread while the shop's name is not known.
    """
    order, zone = one.order, ZoneInfo(one.facts.follow_up.zone)
    locale = one.enrollment.frozen.get("locale") or order.locale or "en"
    profile = shown.profile
    if profile is None:
        raise ShopUnread("shop.name", "The shop's name is not known yet.")
    wanted = lines or tuple(item.order_line_id for item in one.facts.items)
    things = tuple(shown.lines[each] for each in wanted if each in shown.lines)
    customer = one.person.customer
    first = customer.first_name if customer else order.recipient_name
    last = customer.last_name if customer else None
    parcel_id = next((item.fulfillment_id for item in one.facts.items if item.fulfillment_id), None)
    parcel = _describe(shown.parcels[parcel_id] if parcel_id else None, zone, locale, now)
    return MailContext(
        shop=Shop(profile.name, profile.contact_email, profile.primary_url, profile.address or ""),
        customer=Customer(wording.address_name(first, last, locale), wording.address_name(first, None, locale)),
        order=Order(order.name, wording.day(order.placed_at, zone, locale, now), one.facts.order.gift is not None),
        lines=things,
        parcel=parcel,
        links=_links(linking, one, parcel, things),
        locale=wording.mail_locale(locale),
        arm=arm,
        season=next(iter(shown.seasons.at(now, ZoneInfo(profile.timezone or "Etc/UTC"))), ""),
    )


def _describe(row: Fulfillment | None, zone: ZoneInfo, locale: str, now: datetime) -> Parcel:
    if row is None:
        return Parcel()
    return Parcel(
        carrier=row.tracking_company or "",
        tracking_number=row.tracking_number or "",
        tracking_url=row.tracking_url or "",
        delivered=wording.day(row.delivered_at, zone, locale, now) if row.delivered_at else "",
        delivered_known=row.delivered_at is not None,
        expected=_expected(row, zone, locale, now),
    )


def _expected(row: Fulfillment, zone: ZoneInfo, locale: str, now: datetime) -> str:
    """Return "between Tuesday and Thursday"; nothing where nothing is expected, or the last of it has passed."""
    if row.expected_from is None or row.expected_to is None or row.expected_to <= now:
        return ""
    spread = EXPECTED_SPREAD if row.expected_by == ExpectedBy.CARRIER else timedelta()
    return wording.between(row.expected_from - spread, row.expected_to + spread, zone, locale, now)


def _links(linking: Linking, one: Gathered, parcel: Parcel, lines: tuple[Line, ...]) -> Links:
    step, ours, out = one.step, linking.ours, linking.out
    review = ours(Purpose.REVIEW) if step.topic is Topic.REVIEW_ASK else ""
    return Links(
        review=review,
        rate=tuple(f"{review}?stars={stars}" for stars in STARS) if review else (),
        buy_again=ours(Purpose.BUY_AGAIN) if may_promote(step) else "",
        tracking=out("tracking", parcel.tracking_url),
        order=out("order", one.order.status_url or ""),
        product=out("product", next((line.product_url for line in lines if line.product_url), "")),
        unsubscribe=ours(Purpose.UNSUBSCRIBE) if not step.is_news else "",
        preferences=ours(Purpose.PREFERENCES),
        open=ours(Purpose.OPEN) if (one.person.facts.country or "DE") not in OPENS_NEED_CONSENT else "",
    )


def may_promote(step: Step) -> bool:
    """Tell whether a mail may invite to buy: a transactional one never does."""
    return step.message_class != "transactional"
