"""Let the app record, plan and send what is told of the orders, at the time it hears it; return the plan it made."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.flows.facts.calendars import CalendarSetting, SeasonSetting
from app.flows.facts.gather import gather
from app.flows.language.forms import flow_document
from app.flows.models import Enrollment, Flow, FollowUp, FollowUpState
from app.flows.planning.by_hand.start import Choice, start
from app.flows.planning.publishing.save_flow import save_flow
from app.flows.planning.publishing.switch_flow import switch_on
from app.flows.planning.runs import look, watch
from app.flows.rules.decision import Send
from app.flows.rules.guard import decide
from app.flows.sending.drain import drain
from app.flows.timing.limits import Limits
from app.orders.models import Order, OrderLine
from app.orders.parcels import Fulfillment
from app.orders.record.order import record_order
from app.orders.record.told import Told
from app.shops.settings import save as save_setting
from tests.admin.flow_documents import document, send, wait
from tests.admin.merchant import Merchant
from tests.planned.orders import ORDERS, STARTED, tales
from tests.planned.plan_text import Line

ENDS = datetime(2026, 11, 22, 12, tzinfo=UTC)  # in the season, the closed days just ahead
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAR = {"fact": "order_country", "op": "one_of", "value": ["JP", "AU", "IN"]}
WINTER = {"fact": "season", "op": "one_of", "value": ["winter"]}


def own_flows() -> list[dict]:
    """Return flows of a merchant's own: waits, forks, a split, business days, ways out, and one the calendar starts."""
    care = [
        send("hello", delay_minutes=90),
        wait("pause", 2),
        {
            "type": "branch", "key": "fork", "if": FAR,
            "then": [send("far", anchor="previous_step", delay_days=4)],
            "else": [{"type": "split", "key": "tone", "experiment": "tone", "arms": [
                {"name": "short", "share": 1, "steps": [send("short", anchor="previous_step")]},
                {"name": "long", "share": 1, "steps": [send("long", anchor="previous_step", delay_days=1)]},
            ]}],
        },
        {"type": "wait_until", "key": "again", "at_most_days": 12, "event": "ordered_again"},
        send("last", anchor="previous_step", message_class="marketing", topic="product_help"),
    ]  # fmt: skip
    office = [
        send("weekday", anchor="shipped", delay_business_days=3, window={"from_hour": 10, "to_hour": 16}),
        {"type": "branch", "key": "cold", "if": WINTER, "then": [send("warm", delay_days=9)], "else": []},
    ]
    quiet = [send("missed", message_class="marketing", topic="product_help", max_age_days=4)]
    with_code = {"fact": "discount_codes", "op": "one_of", "value": ["VIP1"]}
    paid = {"on": "paid", "filter": {"not": with_code}}
    return [
        document(*care, key="care", on=paid, exit={"on": ["cancelled"]}),
        document(*office, key="office", on="shipped"),
        document(*quiet, key="quiet", on={"on": "days_without_order", "days": 12}),
    ]


def play(wired, clock, orders: int = ORDERS, until: datetime = ENDS) -> tuple[list[Line], dict[str, str]]:
    """Live through so many orders with the app's own code; return the plan it has then, and each order in words.

    `clock["now"]` is business time. The database has to be new: what is drawn is drawn by its numbers.
    """
    clock["now"] = STARTED - 3 * DAY
    merchant = Merchant(wired, clock)
    _settle_in(merchant)
    stories = tales(orders)
    heard = sorted(
        ((telling.heard, tale.name, place) for tale in stories for place, telling in enumerate(tale.told)),
    )
    by_name = {tale.name: tale for tale in stories}
    for at, name, place in heard:
        if at > until:
            break
        _live_until(merchant, at)
        telling = by_name[name].told[place]
        with merchant.work() as session:
            record_order(session, telling.order, Told(telling.source, telling.at, at))
    _live_until(merchant, until)
    return _plan(merchant), {tale.name: tale.words for tale in stories}


def _settle_in(merchant) -> None:
    """Say what the shop keeps to, and start its flows."""
    with merchant.work() as session:
        save_setting(
            session,
            CalendarSetting(quiet_from="21:00", quiet_to="08:00", closed_days="2026-11-26/2026-11-29 --12-24/--12-26"),
            by="user:7",
        )
        save_setting(session, SeasonSetting("11-15/01-06 Winter"), by="user:7")
    merchant.clock["now"] = STARTED
    with merchant.work() as session:
        start(session, Choice(shopify_sends_shipping_mails=False), by="user:7")
    for raw in own_flows():
        with merchant.work() as session:
            save_flow(session, flow_document(raw), by="user:7", move=False)
        with merchant.work() as session:
            switch_on(session, raw["key"], by="user:7")


def _live_until(merchant, until: datetime) -> None:
    """Let time pass, stopping at the full hour after anything is due, and each noon for what the calendar starts."""
    while True:
        noon = merchant.now.replace(hour=12, minute=0, second=0, microsecond=0)
        noon += DAY if noon <= merchant.now else 0 * DAY
        due = merchant.rows(
            select(
                select(func.min(FollowUp.due_at)).where(FollowUp.state == FollowUpState.SCHEDULED).scalar_subquery(),
                select(func.min(Enrollment.look_at)).where(Enrollment.ended_at.is_(None)).scalar_subquery(),
            )
        )[0]
        sends, looks = (_next_hour(max(at, merchant.now)) if at is not None else noon for at in due)
        merchant.clock["now"] = min(noon, sends, looks, max(until, merchant.now))
        if merchant.now >= until:
            return
        if merchant.now == noon:
            watch.watch(merchant.wired)
        if merchant.now >= looks:
            look.run_due(merchant.wired)
        if merchant.now >= sends:
            drain(merchant.wired)


def _next_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0) + HOUR


def _plan(merchant) -> list[Line]:
    """Return every message that is planned or has gone, and every run that says none yet."""
    with merchant.work() as session:
        runs = {
            run.id: (run, flow, order)
            for run, flow, order in session.execute(
                select(Enrollment, Flow, Order)
                .join(Flow, (Flow.shop_id == Enrollment.shop_id) & (Flow.id == Enrollment.flow_id))
                .join(Order, (Order.shop_id == Enrollment.shop_id) & (Order.id == Enrollment.order_id))
            )
        }
        parcels = {parcel.id: parcel.shopify_id % 10 + 1 for parcel in session.scalars(select(Fulfillment))}
        lines = {line.id: line.shopify_id % 10 + 1 for line in session.scalars(select(OrderLine))}
        rows = session.scalars(select(FollowUp)).all()
        waiting = [row.id for row in rows if row.state is FollowUpState.SCHEDULED]
        verdicts = {
            one.follow_up.id: decide(one.facts, Limits(), max(merchant.now, one.follow_up.due_at))
            for one in gather(session, waiting)
        }
        found = []
        for row in rows:
            run, flow, order = runs[row.enrollment_id]
            due = row.due_at.astimezone(ZoneInfo(row.zone)).isoformat(timespec="minutes")
            state = _state(row, verdicts.get(row.id))
            found.append(Line(order.name, flow.key, _about(run, parcels, lines), row.step, due, row.zone, state))
        for run, flow, order in runs.values():
            if run.look_at is not None or run.ended_at is not None:
                stands = (
                    f"ended: {run.ended_reason}" if run.look_at is None else f"looks again {run.look_at:%Y-%m-%d %H:%M}"
                )
                found.append(Line(order.name, flow.key, _about(run, parcels, lines), "(run)", "", "", stands))
    return found


def _about(run: Enrollment, parcels: dict[int, int], lines: dict[int, int]) -> str:
    named = {"fulfillment": ("parcel", parcels), "order_line": ("line", lines)}
    name, numbers = named.get(run.subject_kind, (run.subject_kind, {}))
    number = f" {numbers[run.subject_id]}" if numbers else ""
    return f"{name}{number}{f' time {run.occurrence}' if run.occurrence else ''}"


def _state(row: FollowUp, verdict) -> str:
    """Return where a message stands: what became of it, or what would if everything stayed as it is."""
    if row.state is FollowUpState.DONE:
        return "sent" if row.outcome == "handed_over" else f"left out: {row.reason}"
    stands = f"{row.state}{', provisional' if row.provisional else ''}{f', waits: {row.reason}' if row.reason else ''}"
    if verdict is None:
        return stands
    then = "send" if isinstance(verdict, Send) else f"{type(verdict).__name__.lower()}: {verdict.reason}"
    return f"{stands}; then {then}"
