"""Lives and faults named instead of drawn: short runs of one shop for what one bug, or one fault, comes to."""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import timedelta

from tests.simulator.fates import Fates
from tests.simulator.lives import Life
from tests.simulator.merchants import Errand
from tests.simulator.things import Person


class Told(Fates):
    """Deal the faults that were named, each once, and nothing else."""

    def __init__(self, dice, plot):
        super().__init__(dice, only=())
        self.plot = plot
        self.points = {name: deque(what) for name, what in plot.points.items()}
        self.phases = {name: deque(what) for name, what in plot.phases.items()}
        self.dealt = Counter()

    def at_point(self, name):
        """Return what was named for this point."""
        waiting = self.points.get(name)
        if not waiting or self.healed:
            return None
        self.dealt[name] += 1
        return waiting.popleft()

    def of_phase(self, phase):
        """Return what was named for this phase."""
        waiting = self.phases.get(phase)
        if not waiting or self.healed:
            return None
        self.dealt[phase] += 1
        return waiting.popleft()

    def stall_s(self):
        """Return a length past every lease of a row."""
        return 400

    def arrives(self, topic, at):
        """Return when copies of a webhook arrive."""
        return [at + timedelta(hours=self.plot.late.get(topic, 0))]


@dataclass
class Plot:
    """Name a story every life has, the faults at points and phases, and webhooks that come late (hours by topic)."""

    story: str = "plain"
    orders: int = 2
    shops: int = 1
    points: dict = field(default_factory=dict)
    phases: dict = field(default_factory=dict)
    late: dict = field(default_factory=dict)
    asks: bool = True  # whether shops are asked anew
    often: tuple = (
        "retime",
        "sweep",
        "watch_all",
    )  # the periodic jobs that run: those that clean up do not matter here
    errand: tuple = ()  # what the merchant does: (hours after the beginning, verb, words), each after the one before
    plant: object = None

    def fates(self, dice):
        """Return the faults."""
        return Told(dice, self)

    def errands(self, shops, beginning):
        """Return what the merchants do."""
        found = []
        for shop in shops:
            before = None
            for hours, verb, words in self.errand:
                before = Errand(beginning + timedelta(hours=hours), shop, verb, words, before=before)
                found.append(before)
        return found

    def lives(self, dice, world):
        """Return the lives: people who agreed to be asked, in one country."""
        shop = next(iter(world.shops.values()))
        found = []
        for number in range(self.orders):
            at = shop.updated_at
            person = Person(world.new_id(), f"person{number}@example.com", "Ana", "GB", "subscribed", at, at)
            shop.people[person.id] = person
            found.append(Life(dice, shop, person, self.story))
            if self.story == "merge" and number:
                found[-1].at(110, "merge", into=found[0].person)
        return found

    def spoil(self, playing):
        """Plant the bug, once the shop is there and its flows run."""
        playing.asks = self.asks
        if self.plant is not None:
            self.plant(playing)
