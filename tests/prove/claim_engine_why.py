"""The claim about "Why?": an answer for any message, order, person or customer, before anybody looks away."""

import os
import random
import statistics
import subprocess
import sys
import time

from sqlalchemy import text

from app.commands.why import answer
from app.flows.pages.why import ask_why
from app.flows.pages.why.derivation import derive
from tests.guard.many_decisions import fill
from tests.prove.claims import ROOT, Figure, Scale, claim
from tests.prove.world import wired
from tests.servers import temporary_folder
from tests.shopper.people import People

SEED = 20261122
ASKED, STARTS = 25, 9
LONGEST_S = 1.0
# Messages that wait and were looked at 250 times, such as went out, and of the customer with the most orders.
SOME = """(select f.id, f.order_id from follow_up f where f.shop_id = :shop and f.state <> 'done' limit 200)
    union all (select f.id, f.order_id from follow_up f where f.shop_id = :shop and f.state = 'done' limit 200)"""
NAMED = f"""select s.id::text as message, o.name as order, o.customer_id::text as customer, o.email
    from ({SOME}) s join "order" o on o.shop_id = :shop and o.id = s.order_id"""
LARGEST = """select customer_id::text from "order" where shop_id = :shop group by 1 order by count(*) desc limit 1"""


@claim("engine", "Why? answers any question within a second, in a shop of 100,000 decisions among a million")
def answers_at_once(scale: Scale) -> Figure:
    """Ask as the page and the terminal do, by message, order, customer and address; the slowest answer counts."""
    with wired() as (here, _):
        people = People(here)
        fill(people)
        shop = {"shop": people.id}
        with here.engines.system.connect() as all_shops:
            every, mine, shops = all_shops.execute(
                text("select count(*), count(*) filter (where shop_id = :shop), count(distinct shop_id) from decision"),
                shop,
            ).one()
        ways = {
            "message": ask_why.of_message,
            "order": ask_why.of_order,
            "customer": ask_why.of_customer,
            "email": ask_why.of_address,
        }
        rows = random.Random(SEED).sample(people.rows(text(NAMED).bindparams(**shop)), ASKED)
        questions = [(way, getattr(row, way)) for row in rows for way in ways]
        questions += [("customer", people.rows(text(LARGEST).bindparams(**shop))[0][0])] * 4
        taken = [_answered(people, ways[way], named) for way, named in questions]
        taken += [_shown(people, int(row.message)) for row in rows]
        whole = _commands(here.config, people.domain, questions[-1])
        start = _commands(here.config, people.domain, None)
    worst = max(taken)
    words = (
        f"{every:,} decisions of {shops} shops, {mine:,} of this one: {len(taken)} answers, median"
        f" {_ms(statistics.median(taken))}, 99th of 100 {_ms(statistics.quantiles(taken, n=100)[98])}, slowest"
        f" {_ms(worst)}; the whole command {whole:.1f} s, {start:.1f} s of it to start (load {os.getloadavg()[0]:.1f})"
    )
    return Figure(words, holds=worst < LONGEST_S and every >= 1_000_000 and mine >= 100_000)


def _answered(people: People, find, named: str) -> float:
    began = time.perf_counter()
    with people.work() as session:
        answer(session, find(session, named), 1)
    return time.perf_counter() - began


def _shown(people: People, follow_up_id: int) -> float:
    began = time.perf_counter()
    with people.work() as session:
        derive(session, follow_up_id)
    return time.perf_counter() - began


def _commands(config, domain: str, question: tuple[str, str] | None) -> float:
    """Return the median seconds of the command in processes of its own; without a question, of its help."""
    asked = ["--help"] if question is None else ["--shop", domain, f"--{question[0]}", question[1]]
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "why", *asked]
    taken = []
    with temporary_folder() as folder:
        env = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        env |= _environment(config) | {"PYTHONPYCACHEPREFIX": str(folder)}
        for _ in range(STARTS + 1):  # the first compiles, as an installation does once
            began = time.perf_counter()
            subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
            taken.append(time.perf_counter() - began)
    return statistics.median(taken[1:])


def _environment(config) -> dict[str, str]:
    return {
        "SHOPIFY_API_KEY": config.api_key,
        "SHOPIFY_API_SECRET": config.api_secret,
        "APP_URL": config.app_url,
        "DATABASE_URL": config.database_url.replace("+psycopg", ""),
        "REDIS_URL": config.redis_url,
        "SMTP_URL": config.smtp_url,
        "MAIL_FROM": config.mail_from,
        "ENCRYPTION_KEYS": ",".join(config.encryption_keys),
        "LINK_KEYS": ",".join(config.link_keys),
        "ENV": config.env,
    }


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
