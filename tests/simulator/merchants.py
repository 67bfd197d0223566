"""What merchants do while orders live: pause and go on, remove the app and come back, publish, decide by hand.

Each is pressed until it is answered well, as a person presses again. What was pressed, when and to what end is kept for
the checker: between the first press and the good answer either may hold.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from app.customers.push_consent import let_push
from app.flows.facts import published
from app.flows.language.flow import change_sends
from app.flows.planning.by_hand.pause import pause_all, resume
from app.flows.planning.by_hand.release import OnResume
from app.flows.planning.by_hand.start import Choice, start
from app.flows.planning.publishing.save_flow import save_flow
from app.kit.work import unit_of_work
from tests.simulator import hands

CHOICES = ("drop_late", "send", "skip", "shift")
PLANS = (None, "pause", "leave", "publish")
EDITED = {"product_help": (2, 4, 5), "review_request": (5, 9, 12)}  # days after the arrival, which are 3 and 7


@dataclass(eq=False)
class Errand:
    """One thing a merchant wants: from `at` on it is pressed; `tried_at` first, `done_at` at last."""

    at: object
    shop: object
    verb: str
    words: dict
    tried_at: object = None
    done_at: object = None
    before: object = None  # what has to be done first
    is_running: bool = False


def draw(dice, shops, beginning):
    """Return what the merchants of a seed will do: each one thing at most about the shop, a few about messages."""
    errands = [
        Errand(at, shop, button, {"nth": place}) for shop, at, button, place in hands.draw(dice, shops, beginning)
    ]
    for shop in shops:
        plan = dice.choice(PLANS)
        at = beginning + timedelta(hours=dice.uniform(40, 340))
        if plan == "pause":
            choice = dice.choice(CHOICES)
            errands += _two(shop, at, at + timedelta(hours=dice.uniform(3, 90)), "pause", "resume", choice=choice)
        elif plan == "leave":
            errands += _two(shop, at, at + timedelta(hours=dice.uniform(1, 120)), "leave", "come_back")
        elif plan == "publish":
            step = dice.choice(sorted(EDITED))
            words = {"step": step, "days": dice.choice(EDITED[step]), "move": dice.random() < 0.5}
            errands.append(Errand(at, shop, "publish", words))
    return errands


def _two(shop, at, later, first, second, **words):
    one = Errand(at, shop, first, {})
    return [one, Errand(later, shop, second, words, before=one)]


class Merchants:
    """Carry out the errands."""

    def __init__(self, on, world, ids, errands):
        self.on, self.world, self.errands = on, world, errands
        self.ids = ids  # domain -> our id
        self.hands = hands.Hands(on, ids)

    def next_at(self):
        """Return when somebody wants something next."""
        return min((each.at for each in self._open()), default=None)

    def press(self):
        """Press what is wanted by now and has not been answered well."""
        for errand in self._open():
            if errand.at <= self.on.hub.now and not errand.is_running:
                errand.is_running, errand.tried_at = True, errand.tried_at or self.on.hub.now
                self.on.run("web merchant", lambda errand=errand: self._carry_out(errand))

    def let_go(self):
        """Forget presses whose process has died."""
        busy = {task.name for task in self.on.hub.tasks}
        for errand in self.errands:
            errand.is_running = errand.is_running and "web merchant" in busy

    def _open(self):
        return [
            each
            for each in self.errands
            if each.done_at is None and (each.before is None or each.before.done_at is not None)
        ]

    def _carry_out(self, errand):
        try:
            if errand.verb in hands.PLACES:
                self.hands.press(errand)
            else:
                getattr(self, f"_{errand.verb}")(errand)
            errand.done_at = self.on.hub.now
        finally:
            errand.is_running = False

    def _pause(self, errand):
        with unit_of_work(self.on.wired, shop_id=self.ids[errand.shop.domain]) as session:
            pause_all(session, by="merchant")

    def _resume(self, errand):
        with unit_of_work(self.on.wired, shop_id=self.ids[errand.shop.domain]) as session:
            resume(session, OnResume(errand.words["choice"]), by="merchant")

    def _publish(self, errand):
        words = errand.words
        later = timedelta(days=words["days"])
        with unit_of_work(self.on.wired, shop_id=self.ids[errand.shop.domain]) as session:
            document = published.current(session)["parcel"][1]
            changed = change_sends(document, lambda one: replace(one, delay=later) if one.key == words["step"] else one)
            save_flow(session, changed, by="merchant", move=words["move"])

    def _leave(self, errand):
        self.world.uninstall(errand.shop, self.on.hub.now)

    def _come_back(self, errand):
        shop = errand.shop
        if not shop.installed:
            shop.installed = True
            self.world.note(self.on.hub.now, "reinstalled", shop)
        self.on.install(self.on.shopify, shop.domain)
        begin(self.on, self.ids[shop.domain])
        self.world.note(self.on.hub.now, "started", shop)


def begin(on, shop_id):
    """Start a shop's flows, and let the app tell Shopify who unsubscribed."""
    with unit_of_work(on.wired, shop_id=shop_id) as session:
        start(session, Choice(shopify_sends_shipping_mails=False), by="merchant")
        let_push(session, allowed=True, by="merchant")
