"""A due row → accepted by the mail server → marked: one `sends` process against django-post_office. `bin/bench sends`.

All sides write into one durable PostgreSQL and hand over to one sink, which counts: every message once, none missing.
All mails are the thank-you, filled for each recipient. Ours is signed by DKIM with an RSA key of 2048 bits, and one in
each round is verified. The peer is measured twice: as it is, which leaves signing to the relay, and with each mail
signed by the same key through dkimpy, which is like for like. Ours decides twice about each row, commits the hand-off
before the final dot and records what became of it; the peer marks a batch of 500 at its end.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from app import wiring
from app.config import from_env
from app.kit import queue, runtime
from app.messages.mail import presets
from app.messages.mail.context import Customer, Line, Links, MailContext, Order, Shop
from app.messages.mail.fill import fill
from bench import due_orders, sink
from bench.machines import Machines, child, free_port, machines, median, run, sql

GOAL = 2.0  # of the peer that signs
MESSAGES = 1_000
PEER, SIGNING_PEER, OURS = "django-post_office, 1 process", "the same, signed by dkimpy", "Welltimed, 1 sends process"


@dataclass
class Round:
    """One measured round of one side. `whole`: each message was accepted once and marked so."""

    per_second: float
    bytes_each: float
    whole: bool


def main(rounds: int = 5, count: int = MESSAGES) -> bool:
    """Print both sides and their ratio; return whether the goal holds."""
    results: dict[str, list[Round]] = {PEER: [], SIGNING_PEER: [], OURS: []}
    port = free_port()
    with machines() as here, _sink(here, port):
        sql(here.super_url, "create database office")
        mail = here.folder / "mail.json"
        mail.write_text(json.dumps(peer_mail()))
        private = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
        env = here.app(SMTP_URL=f"smtp://127.0.0.1:{port}", **signing(private))
        shop, flow = due_orders.shop_with_flows(wired(env))
        due_orders.fill(here.super_url, shop, flow, count)
        _ours(here, env, port, count)  # a shop that has sent before; not measured
        for number in range(rounds):
            for name, found in results.items():
                sink.forget(port)
                if name == OURS:
                    due_orders.fill(here.super_url, shop, flow, count)
                    found.append(_ours(here, env, port, count))
                else:
                    found.append(_peer(here, mail, port, count, signing(private) if name == SIGNING_PEER else {}))
                found[-1].whole &= name == PEER or _signed(port, private)
                print(f"round {number + 1}  {name:32} {found[-1].per_second:6.0f}/s", flush=True)
    return _say(results)


def signing(private: rsa.RSAPrivateKey) -> dict[str, str]:
    """Return the variables by which mails are signed."""
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {"DKIM_DOMAIN": "shop.example", "DKIM_SELECTOR": "bench", "DKIM_KEY": pem}


def send_due() -> dict[str, float]:
    """Do what a job of the `sends` worker does, its modules loaded before as in the worker; say how long it took."""
    here = wired(dict(os.environ))
    for work in here.work:
        if work.queue == queue.SENDS:
            work.make_ready()
    taken = 0
    started = time.perf_counter()
    while more := drain(here):
        taken += more
    return {"seconds": time.perf_counter() - started, "taken": taken}


def drain(here: runtime.Runtime) -> int:
    """Ring once: what the ticker does for as long as rows are due."""
    from app.flows.sending.drain import drain as once  # noqa: PLC0415 - with the mail stack, which only one role needs

    return once(here)


def wired(env: dict[str, str]) -> runtime.Runtime:
    """Return the app's runtime for these variables."""
    here = wiring.build_runtime(from_env(env))
    runtime.install(here)
    return here


def peer_mail() -> dict[str, object]:
    """Return our thank-you as a Django template: the same words and markup, its facts left to be filled in."""
    facts = {
        "name": "Ana Ferreira",
        "first": "Ana",
        "order": "#100001",
        "order_link": "http://127.0.0.1:8000/c/" + "x" * 78,
        "preferences": "http://127.0.0.1:8000/p/" + "x" * 78,
        "first_line": "Harbour Kettle 12",
        "second_line": "Harbour Kettle 13",
    }
    blank = {key: f"{{{{{key}}}}}" for key in facts}
    picture = "https://cdn.shop.example/kettle-12.png"
    context = MailContext(
        shop=Shop("Kiln & Kettle", "hello@kiln.example", "https://kiln.example", "12 Potters Lane, Stoke-on-Trent"),
        customer=Customer(blank["name"], blank["first"]),
        order=Order(blank["order"], "today"),
        lines=(Line(blank["first_line"], image_url=picture), Line(blank["second_line"], image_url=picture)),
        links=Links(order="https://" + blank["order_link"], preferences="https://" + blank["preferences"]),
    )
    filled = fill(presets.template("thank_you", "en"), context.as_mapping())
    unlinked = {
        part: words.replace("https://{{", "{{") for part, words in (("html", filled.html), ("text", filled.text))
    }
    return {"subject": filled.subject, "context": facts, **unlinked}


def _sink(here: Machines, port: int) -> AbstractContextManager[int]:
    command = [sys.executable, "-m", "bench.sink", str(port)]
    return child(command, os.environ, here.folder / "sink.log", port)


def _peer(here: Machines, mail: Path, port: int, count: int, signs: dict[str, str]) -> Round:
    told = signs | {"PG_PORT": str(here.pg_port), "PG_NAME": "office", "SINK_PORT": str(port), "MAIL": str(mail)}
    command, env = [sys.executable, "-m", "bench.post_office"], os.environ | told
    run([*command, "queue", str(count)], env)
    sql(here.super_url.replace("/bench", "/office"), "vacuum analyze", "checkpoint")
    done = json.loads(run([*command, "send"], env).splitlines()[-1])
    return _measured(port, count, done["seconds"], int(done["sent"]))


def _ours(here: Machines, env: dict[str, str], port: int, count: int) -> Round:
    before = due_orders.sent(here.super_url)
    done = json.loads(run([sys.executable, "-m", "bench.sends", "ours"], env).splitlines()[-1])
    return _measured(port, count, done["seconds"], due_orders.sent(here.super_url) - before)


def _signed(port: int, private: rsa.RSAPrivateKey) -> bool:
    """Say whether dkimpy believes the last mail taken."""
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)

    def dns(name: bytes, timeout: float) -> bytes:
        return record

    return bool(dkim.verify(sink.last(port), dnsfunc=dns))


def _measured(port: int, count: int, seconds: float, marked: int) -> Round:
    taken = sink.seen(port)
    return Round(count / seconds, taken.bytes / count, (taken.messages, taken.different, marked) == (count,) * 3)


def _say(results: dict[str, list[Round]]) -> bool:
    for name, found in results.items():
        told = ", not signed" if name == PEER else ", signature verified"
        print(
            f"{name:32} {median([each.per_second for each in found]):6.0f}/s"
            f"  {median([each.bytes_each for each in found]) / 1000:.1f} kB a message"
            f"  every message accepted once and marked{told}: {'yes' if all(each.whole for each in found) else 'NO'}"
        )
    plain, ratio = (_ratio(results[OURS], results[name]) for name in (PEER, SIGNING_PEER))
    print(f"ratio x{plain:.2f} where only ours signs (median of {len(results[OURS])} interleaved rounds)")
    print(f"ratio x{ratio:.2f} like for like, both signed (goal x{GOAL})")
    return ratio >= GOAL and all(each.whole for found in results.values() for each in found)


def _ratio(ours: list[Round], theirs: list[Round]) -> float:
    return median([mine.per_second / its.per_second for mine, its in zip(ours, theirs, strict=True)])


if __name__ == "__main__":
    if sys.argv[1:] == ["ours"]:
        print(json.dumps(send_due()))
    else:
        sys.exit(0 if main() else 1)
