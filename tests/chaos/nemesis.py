"""What goes wrong, and when: chosen by a seed, so that a run can be had again."""

import contextlib
import random
import socket
import threading
import time
from dataclasses import dataclass, field

import redis

DOWN_S = 6.0  # for how long Redis stays dead, mute or full


@dataclass
class Nemesis:
    """Do harm every `every_s` seconds until stopped; `done` counts each kind."""

    seed: str
    every_s: float
    harms: dict
    done: dict = field(default_factory=dict)
    ending: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread = None

    def start(self):
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def stop(self):
        self.ending.set()
        self.thread.join()

    def _run(self):
        dice = random.Random(self.seed)
        next_at = time.monotonic() + self.every_s
        while not self.ending.wait(max(0.0, next_at - time.monotonic())):
            name = dice.choice(sorted(self.harms))
            self.harms[name]()
            self.done[name] = self.done.get(name, 0) + 1
            next_at = max(next_at + self.every_s, time.monotonic())


def redis_dead(crew, ending):
    """Return the harm of a Redis that is gone for a while, with all it held."""

    def harm():
        crew.hold("valkey")
        ending.wait(DOWN_S)
        crew.release("valkey")

    return harm


def redis_mute(crew, path, ending):
    """Return the harm of a Redis that takes connections and never answers."""

    def harm():
        crew.hold("valkey")
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen(512)
            ending.wait(DOWN_S)
        path.unlink(missing_ok=True)
        crew.release("valkey")

    return harm


def redis_full(url, ending):
    """Return the harm of a Redis that takes nothing more."""

    def harm():
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(url) as client:
            client.config_set("maxmemory-policy", "noeviction")
            client.config_set("maxmemory", "1")
        ending.wait(DOWN_S)
        with contextlib.suppress(redis.RedisError), redis.Redis.from_url(url) as client:
            client.config_set("maxmemory", "0")

    return harm
