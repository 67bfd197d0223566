"""What goes wrong, drawn per seed and per effect: each seed switches whole classes of faults on or off.

`dealt` counts every fault by its class. After `heal` nothing goes wrong any more, so that a run can come to rest.
"""

from collections import Counter
from datetime import timedelta

CLASSES = (
    "webhook_lost",
    "webhook_repeated",
    "webhook_late",
    "webhook_shuffled",
    "death",
    "raise",
    "stall",
    "smtp_deferred",
    "smtp_refused",
    "smtp_dropped",
    "smtp_silent",
    "db_collision",
    "db_gone",
    "db_commit_unclear",
    "doorbell_gone",
    "shopify_trouble",
    "refresh_lost",
    "clock_skew",
    "retention",
    "poison",
)
THIN = 30  # orders: with more of them a drain passes more points at once, and would never get through
POINTS = {  # chance at a point, by its letter; what is passed seldom is the likelier to go wrong
    "W": 0.02, "B": 0.01, "P": 0.01, "K": 0.02, "T": 0.05, "C": 0.02,
    "L": 0.01, "R": 0.01, "J": 0.01, "M": 0.1, "E": 0.1,
}  # fmt: skip


class Fates:
    """Draw every fault of one run."""

    def __init__(self, dice, only=None, orders=THIN):
        """Draw the profile; `only` names the classes instead. What ends a process is rarer among more."""
        self.dice, self.dealt, self.healed = dice, Counter(), False
        self.on = {name for name in CLASSES if dice.random() < 0.6} if only is None else set(only)
        self.strength = dice.choice([0.3, 1, 1, 2])
        self.thin = min(1.0, THIN / orders)

    def heal(self):
        """Let nothing go wrong any more."""
        self.healed = True

    def falls(self, name, chance):
        """Say whether a fault of this class happens now."""
        if self.healed or name not in self.on or self.dice.random() >= chance * self.strength:
            return False
        self.dealt[name] += 1
        return True

    def arrives(self, _topic, at):
        """Return when copies of a webhook arrive; none where it is lost for good."""
        if self.falls("webhook_lost", 0.2):
            return []
        times = [at]
        if self.falls("webhook_repeated", 0.15):
            times.append(at + self.hours(0, 20))
        if self.falls("webhook_late", 0.15):
            times[0] = at + self.hours(1, 48)
        if self.falls("webhook_shuffled", 0.3):
            times = [each + self.hours(0, 10) for each in times]
        return times

    def hours(self, least, most):
        """Draw a length of time."""
        return timedelta(seconds=int(self.dice.uniform(least, most) * 3600))

    def at_point(self, name):
        """Return what happens at a named point: "die", "raise", "stall" or None."""
        chance = POINTS.get(name[0], 0.02) * self.thin
        for what, kind in (("die", "death"), ("raise", "raise"), ("stall", "stall")):
            if self.falls(kind, chance):
                return what
        return None

    def stall_s(self):
        """Return for how many seconds a process stands still: within its leases, or past them."""
        return self.dice.choice([5, 70, 130, 400, 1800])

    def at_statement(self):
        """Return what happens instead of a statement: "collision", "gone", "die" or None."""
        if self.falls("db_collision", 0.0008 * self.thin):
            return "collision"
        if self.falls("db_gone", 0.0004 * self.thin):
            return "gone"
        if self.falls("death", 0.0003 * self.thin):
            return "die"
        return "stall" if self.falls("stall", 0.0003 * self.thin) else None

    def at_commit(self):
        """Return what happens to a COMMIT: "before" (lost on its way), "after" (its answer is lost) or None."""
        if self.falls("db_commit_unclear", 0.006 * self.thin):
            return self.dice.choice(["before", "after"])
        return None

    def of_shopify(self):
        """Return the trouble of one Admin API call."""
        if self.falls("shopify_trouble", 0.06):
            return self.dice.choice(["timeout", "broken", "throttled"])
        return None

    def loses_refresh(self):
        """Say whether the answer to a token renewal is lost."""
        return self.falls("refresh_lost", 0.3)

    def of_phase(self, phase):
        """Return what the receiver does at a phase instead of answering well: a reply, "drop", "silence" or None."""
        if self.falls("smtp_deferred", 0.015):
            return {"MAIL": "451 4.3.0 later", "RCPT": "450 4.2.1 busy", "DATA": "452 4.3.1 full"}.get(
                phase, "451 4.3.2 later"
            )
        if phase in {"RCPT", "dot"} and self.falls("smtp_refused", 0.01):
            return {"RCPT": "552 5.2.2 mailbox full", "dot": "554 5.6.0 no"}[phase]
        if self.falls("smtp_dropped", 0.01):
            return "drop"
        return "silence" if self.falls("smtp_silent", 0.004) else None
