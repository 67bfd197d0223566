"""Fail the n-th effect of a journey, for every n: what is committed without our knowing, what never arrives."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select, text

from app import wiring
from app.channels.smtp.address import parse
from app.channels.smtp.connection import Deadlines
from app.channels.smtp.phases import SmtpSender
from app.flows.models import FollowUp
from app.flows.sending import sweep
from app.kit import runtime
from app.kit.clock import real_now
from app.kit.work import unit_of_work
from app.messages.models import Message, MessageState
from app.orders.record.order import record_order
from app.orders.record.told import WEBHOOK, Told
from app.shopify.payloads import webhook_orders
from tests.chaos.proxy import Nth, Proxy
from tests.database import make_config
from tests.journeys.bodies import order_body
from tests.journeys.conftest import Shop, sink  # noqa: F401 - a fixture

COMMIT = b"COMMIT"
VERBS = re.compile(rb"EHLO|MAIL|RCPT|DATA|\r\n\.\r\n")


class Anything(Nth):
    """Meet every SMTP verb and the final dot."""

    def meets(self, data):
        with self.lock:
            before, self.seen = self.seen, self.seen + len(VERBS.findall(data))
            return before < self.n <= self.seen


@pytest.fixture
def lines(cluster, wired, web, redis_url, sink, tmp_path):  # noqa: F811 - the fixture above
    """A shop whose app reaches PostgreSQL and the mail server through proxies only."""
    shop = Shop(wired, web, sink)
    shop.start_flows()
    wired.engines.dispose()
    asked = urlsplit(str(wired.config.database_url))
    target = f"{parse_qs(asked.query)['host'][0]}/.s.PGSQL.5432"
    with Proxy(target, listen=tmp_path / ".s.PGSQL.5432") as database, Proxy(("127.0.0.1", sink.port)) as mail:
        url = f"postgresql://{asked.netloc}{asked.path}?host={tmp_path}"
        shop.app = wiring.create_app(make_config(url, redis_url))
        shop.wired, shop.web = runtime.current(), shop.app.test_client()
        shop.wired.parts["flask"] = shop.app
        server = parse(f"smtp://127.0.0.1:{mail.port}")
        shop.wired.parts["transport"] = lambda: SmtpSender(server, "test.example", Deadlines(2, 2, 2, 2, 0.2))
        shop.database, shop.mail = database, mail
        yield shop
        shop.wired.engines.dispose()


def buy(shop, number):
    body = order_body(real_now(), id=number, name=f"#{number}")
    body |= {"line_items": [line | {"id": number * 10 + n} for n, line in enumerate(body["line_items"])]}
    earlier = {"financial_status": "pending", "updated_at": (real_now() - timedelta(minutes=1)).isoformat()}
    with shop.work() as session:
        record_order(session, webhook_orders.order(body | earlier), told())
    return body


def told():
    return Told(WEBHOOK, real_now(), real_now())


def attempt(step):
    """Do a step as a process does that may fail: whatever it raised, the next one goes on."""
    try:
        return step()
    except Exception:  # noqa: BLE001 - an injected fault may come out as anything
        return None


def live(shop, body):
    """Hear of a payment, thank for it, with one fault on the way; then let time pass, and do what is left to do."""
    heard = attempt(lambda: shop.webhook("orders/paid", body))
    attempt(shop.apply)
    attempt(shop.drain)
    shop.database.effect = shop.mail.effect = None
    shop.wired.engines.dispose()
    if heard is None or heard.status_code != 200:
        assert shop.webhook("orders/paid", body).status_code == 200
    for _ in range(2):
        time_passes(shop)
        shop.apply()
        shop.drain()


def time_passes(shop):
    with unit_of_work(shop.wired, role="welltimed_system") as session:
        for table in ("follow_up", "shop_lease", "webhook_inbox"):
            session.execute(text(f"update {table} set lease_until = now() - interval '1 second'"))
        session.execute(text("update attempt set handoff_at = now() - interval '1 hour' where state = 'handoff'"))
        session.execute(text("update follow_up set due_at = now() where state = 'scheduled'"))
    sweep.sweep(shop.wired)


def judge(shop, number, mails_before, what):
    """Hold one journey's end to the promise: once, or unknown, and never in silence."""
    mails = len(shop.sink.delivered) - mails_before
    ((state,),) = shop.rows(select(FollowUp.outcome).order_by(FollowUp.id.desc()).limit(1))
    ((message,),) = shop.rows(select(Message.state).order_by(Message.id.desc()).limit(1))
    assert mails <= 1, f"{what}: order {number} was thanked for {mails} times"
    assert state == "handed_over", f"{what}: order {number} ended as {state}"
    assert message is MessageState.UNKNOWN or (message is MessageState.ACCEPTED and mails == 1), f"{what}: {message}"
    return message


@pytest.mark.parametrize(
    ("line", "nth", "how"), [("database", Nth, "swallow"), ("mail", Anything, "reset"), ("mail", Anything, "swallow")]
)
def test_whatever_fails_first_a_thank_you_goes_out_once_or_is_known_to_be_unknown(lines, line, nth, how):
    golden = nth(COMMIT, 0, how)
    getattr(lines, line).effect = golden
    body = buy(lines, 1)
    golden.seen = 0
    live(lines, body)
    judge(lines, 1, 0, "nothing failed")
    effects = golden.seen
    assert effects >= 3
    ends = []
    for n in range(1, effects + 1):
        body, before = buy(lines, n + 1), len(lines.sink.delivered)
        getattr(lines, line).effect = nth(COMMIT, n, how)
        live(lines, body)
        ends.append(judge(lines, n + 1, before, f"{line} {how} {n} of {effects}"))
    assert ends.count(MessageState.UNKNOWN) <= 2  # the commit of the outcome, the answer to the dot
