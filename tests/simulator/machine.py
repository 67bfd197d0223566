"""Put what a machine has of its own out of the app's reach: its threads, its seconds, its clock and its chance."""

import base64
import concurrent.futures
import importlib
import pkgutil
import random
import secrets
import sys
import time
from datetime import timedelta
from types import SimpleNamespace

import app
from tests.simulator.clock import machine_clock
from tests.simulator.threads import pool_of, wait_of

# The app's one clock, and those of Shopify's own package, which turns "expires in" into an instant.
CLOCKS = ("app.kit.clock", "shopify_app.exchange.refresh_token", "shopify_app.exchange.token_exchange")


def replace_machine(hub, patch, seed):
    """Put stand-ins in the place of the real things, in every module of the app that has them."""
    random.seed(seed)  # the app spreads its retries by it
    stand_ins = [
        (concurrent.futures.ThreadPoolExecutor, pool_of(hub)),
        (concurrent.futures.wait, wait_of(hub)),
        (time, _time_of(hub)),
        (secrets, _secrets_of(seed)),
    ]
    for found in pkgutil.walk_packages(app.__path__, "app."):
        importlib.import_module(found.name)
    for name, module in sorted(sys.modules.items()):
        if name == "app" or name.startswith("app."):
            for label, value in list(vars(module).items()):
                for real, stand_in in stand_ins:
                    if value is real:
                        patch.setattr(module, label, stand_in)
    for name in CLOCKS:
        patch.setattr(importlib.import_module(name), "datetime", machine_clock(hub))


def _time_of(hub):
    def sleep(seconds):
        hub.sleep(timedelta(seconds=seconds))

    return SimpleNamespace(**(vars(time) | {"monotonic": hub.monotonic, "sleep": sleep}))


def _secrets_of(seed):
    """Return what stands for `secrets`: as many random bytes, and the same for the same seed."""
    dice = random.Random(f"secrets {seed}")

    def token_urlsafe(size=32):
        return base64.urlsafe_b64encode(dice.randbytes(size)).rstrip(b"=").decode()

    return SimpleNamespace(**(vars(secrets) | {"token_urlsafe": token_urlsafe, "token_bytes": dice.randbytes}))
