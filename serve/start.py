"""Start every part, keep it running, and stop all of it again."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from serve import environment, logs, marks, parts, ports, postgres, secrets, sockets, valkey
from serve.child import wrap
from serve.errors import CannotServe
from serve.finish import finish
from serve.install import python_of
from serve.keep import keep
from serve.part import Part
from serve.ready import serves, wait_until
from serve.say import say, say_part
from serve.signals import Signals
from serve.stop import stop

_APP_PATIENCE = 8.0  # seconds; together with the servers' under the promised twenty
_SERVER_PATIENCE = 6.0


@dataclass
class Run:
    """What is running: `servers` are stopped after `app`, which still needs them."""

    clone: Path
    data: Path
    signals: Signals
    servers: list[Part] = field(default_factory=list)
    app: list[Part] = field(default_factory=list)
    sockets: Path | None = None

    def started(self, part: Part, group: list[Part]) -> Part:
        """Note the part before it starts, so that a stop at any moment finds it."""
        group.append(part)
        part.start()
        return part


def start(run: Run, given: Mapping[str, str]) -> None:
    """Start everything and keep it running until a stop is asked for; always stops all of it.

    Raises:
        CannotServe: something did not start; all else was stopped.
        Stopped: a stop was asked for during the start.
    """
    try:
        logs.trim(run.data)
        chosen = _choose_ports(given)
        base = environment.clean(given, run.clone / ".venv")
        urls = _start_servers(run, given, base)
        _start_parts(run, given, base, chosen, urls)
        keep([*run.servers, *run.app], run.signals, lambda: logs.trim(run.data))
    finally:
        end(run)


def end(run: Run) -> None:
    """Stop all parts, the app first, and remove what belongs to the run alone."""
    started = time.monotonic()
    killed = stop(run.app, _APP_PATIENCE, run.signals)
    killed += stop(run.servers, _SERVER_PATIENCE, run.signals)
    marks.sweep(run.data, patience=1)
    sockets.remove(run.data, run.sockets)
    (run.data / "environment").unlink(missing_ok=True)
    if killed or run.servers or run.app:
        remark = f" ({', '.join(killed)} had to be killed)" if killed else ""
        say(f"Stopped in {time.monotonic() - started:.1f} s{remark}.")


def _choose_ports(given: Mapping[str, str]) -> environment.Ports:
    """Choose web, dev store and mail ports; explicit ones first, so that a search passes them by."""
    chosen: dict[str, int] = {}
    wishes = {"PORT": 8000, "DEVSTORE_PORT": 9000, "DEVSTORE_SMTP_PORT": 9025}
    for variable in sorted(wishes, key=lambda name: not given.get(name)):
        chosen[variable] = ports.choose(variable, wishes[variable], given, chosen.values())
    for variable in ("PORT", "DEVSTORE_PORT"):
        if chosen[variable] != wishes[variable] and not given.get(variable):
            say(f"  Port {wishes[variable]} is in use: taking {chosen[variable]}.")
    return environment.Ports(chosen["PORT"], chosen["DEVSTORE_PORT"], chosen["DEVSTORE_SMTP_PORT"])


def _start_servers(run: Run, given: Mapping[str, str], base: Mapping[str, str]) -> environment.Urls:
    """Start PostgreSQL and Valkey where no variable names one, and return their URLs."""
    run.sockets = folder = sockets.make(run.data, run.clone)
    database, store = given.get("DATABASE_URL"), given.get("DEVSTORE_DATABASE_URL")
    redis = given.get("REDIS_URL")
    if bool(database) != bool(store):
        raise CannotServe(
            "DATABASE_URL and DEVSTORE_DATABASE_URL go together: with one of them given no PostgreSQL is "
            "started, so the app and the dev store each need a database."
        )
    if not redis:
        cache = valkey.Valkey(run.data / "valkey", folder)
        cache.data.mkdir(mode=0o700, exist_ok=True)
        begun = time.monotonic()
        part = run.started(parts.of_valkey(cache, base, run.data), run.servers)
        wait_until(part, lambda: valkey.answers(cache), run.signals)
        say_part("Valkey", begun)
        redis = cache.url
    if not (database and store):
        server = postgres.Postgres(run.data / "postgres", folder, run.clone)
        begun = time.monotonic()
        postgres.initialise(server, lambda words, **how: _run_marked(run.data, words, how))
        part = run.started(parts.of_postgres(server, base, run.data), run.servers)
        wait_until(part, lambda: postgres.answers(server), run.signals)
        say_part("PostgreSQL", begun)
        database, store = server.url(), server.url("devstore", "devstore")
    return environment.Urls(database, store, redis)


def _start_parts(
    run: Run,
    given: Mapping[str, str],
    base: Mapping[str, str],
    chosen: environment.Ports,
    urls: environment.Urls,
) -> None:
    """Bring the tables up to date, start the dev store and the app, and say where to click."""
    python = python_of(run.clone)
    of_app = environment.of_app(given, secrets.load(run.data), chosen, urls)
    of_devstore = environment.of_devstore(of_app, chosen, urls, run.clone)
    _write_environment(run.data, of_app)
    store_begun = time.monotonic()
    store = run.started(parts.of_devstore(python, {**base, **of_devstore}, run.clone, run.data), run.app)
    begun = time.monotonic()
    finish(parts.of_migrate(python, {**base, **of_app}, run.clone, run.data), run.signals)
    say_part("tables", begun)
    begun = time.monotonic()
    for part in parts.of_app(python, {**base, **of_app}, run.clone, run.data, chosen):
        run.started(part, run.app)
    wait_until(store, lambda: serves(chosen.devstore, "/api/health"), run.signals)
    say_part("dev store", store_begun, chosen.devstore_url)
    for part in run.app[1:]:
        if part.name == "web":
            wait_until(part, lambda: serves(chosen.web, "/healthz"), run.signals)
        if not part.alive():
            raise CannotServe(f"{part.name} ended at its start (see {part.log}):\n{part.tail()}")
        say_part(part.name, begun, chosen.web_url if part.name == "web" else "")
    say("")
    say(f"Shop admin  {chosen.devstore_url}/admin")
    say(f"Storefront  {chosen.devstore_url}/")
    say(f"Inbox       {chosen.devstore_url}/inbox")
    say("Start in the shop admin: Apps → Install")


def _run_marked(data: Path, words: list[str], how: dict[str, Any]) -> None:
    """Run a short step of PostgreSQL's making so that it ends with this process."""
    how["env"] = {**how["env"], **marks.mark(data, "postgres")}
    subprocess.run(wrap(words, signal.SIGKILL), check=True, start_new_session=True, **how)


def _write_environment(data: Path, variables: Mapping[str, str]) -> None:
    """Keep the app's variables for commands run by hand: `. .data/environment; flask --app wsgi …`."""
    path = data / "environment"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(environment.as_shell(variables))
