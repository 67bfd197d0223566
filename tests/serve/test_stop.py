"""Parts end kindly, then without choice, with everything they started."""

import signal
import sys
import time

import pytest

from serve import logs, marks
from serve.keep import keep, pause_before
from serve.part import Part
from serve.signals import Signals
from serve.stop import stop

KIND = "import time\nprint('up', flush=True)\nwhile True: time.sleep(1)"
DEAF = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + KIND
SECOND_ASKING = """
import signal, sys, time
asked = []
def note(*_):
    asked.append(1)
    if len(asked) == 2:
        sys.exit()
signal.signal(signal.SIGTERM, note)
"""
# A child in a session of its own, as a queue worker's is: no group signal reaches it.
STRAY = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", {DEAF!r}], start_new_session=True, stdout=subprocess.DEVNULL)
"""


@pytest.fixture
def part(tmp_path):
    (tmp_path / "log").mkdir()
    made = []

    def make(program, name="part"):
        one = Part(name, [sys.executable, "-Sc", program], {}, tmp_path, tmp_path)
        made.append(one)
        return one

    yield make
    for one in made:
        one.kill()


def up(one, processes=1):
    """Return once the part has printed its first line and consists of so many processes."""
    until = time.monotonic() + 20
    while b"up\n" not in one.log.read_bytes() or len(marks.of_part(one.data, one.name)) != processes:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_kind_part_ends_at_the_first_asking(part):
    one = part(KIND)
    one.start()
    up(one)
    assert stop([one], 10, Signals()) == []
    assert one.process.returncode == -signal.SIGTERM


def test_asking_is_repeated_each_second(part):
    one = part(SECOND_ASKING + KIND)
    one.start()
    up(one)
    begun = time.monotonic()
    assert stop([one], 10, Signals()) == []
    assert 0.9 < time.monotonic() - begun < 5


def test_a_deaf_part_is_killed_and_named(part):
    one = part(DEAF)
    one.start()
    up(one)
    assert stop([one], 0.2, Signals()) == ["part"]
    assert one.process.returncode == -signal.SIGKILL


def test_what_a_part_left_in_another_session_ends_with_it(part, tmp_path):
    one = part(STRAY + KIND)
    one.start()
    up(one, processes=2)
    stop([one], 0.3, Signals())
    assert marks.of_home(tmp_path) == []


def test_a_restart_first_kills_what_the_dead_part_left(part, tmp_path):
    one = part(STRAY + KIND)
    one.start()
    up(one, processes=2)
    one.process.kill()
    one.process.wait()
    (stray,) = marks.of_part(tmp_path, "part")
    one.start()
    assert stray not in marks.of_part(tmp_path, "part")


def test_parts_that_never_started_are_passed_over(part):
    assert stop([part(KIND)], 10, Signals()) == []


class UntilThirdLife(Signals):
    """Asks to stop once the part has been started three times."""

    def __init__(self, one):
        super().__init__()
        self.one = one

    def wait(self, seconds):
        super().wait(min(seconds, 0.02))
        self.stop = self.one.log.read_bytes().count(b"up\n") >= 3


def test_what_dies_is_started_again_and_said_once(part, capsys):
    one = part("print('up')")
    one.start()
    keep([one], UntilThirdLife(one), lambda: None)
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 1
    assert said[0].startswith("part ended and is started again")


def test_a_large_log_is_set_aside_while_its_part_goes_on_writing(part, tmp_path):
    one = part(KIND)
    one.start()
    up(one)
    with one.log.open("ab") as still_open:
        logs.trim(tmp_path, limit=2)
        assert one.log.with_suffix(".log.old").read_bytes() == b"up\n"
        assert one.log.read_bytes() == b""
        logs.trim(tmp_path, limit=2)
        still_open.write(b"on\n")
    assert one.log.read_bytes() == b"on\n"
    assert one.log.with_suffix(".log.old").read_bytes() == b"up\n"


def test_each_death_in_a_row_waits_longer_up_to_ten_seconds():
    pauses = [pause_before(deaths) for deaths in range(1, 20)]
    assert pauses == sorted(pauses)
    assert pauses[0] <= 0.2
    assert pauses[-1] == 10


def test_sweeping_ends_every_process_of_a_home_and_no_other(part, tmp_path):
    mine, other = part(DEAF, "mine"), part(KIND, "other")
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "log").mkdir(parents=True)
    other.data = elsewhere
    for one in (mine, other):
        one.start()
        up(one)
    assert marks.sweep(tmp_path, 0.1)
    assert not mine.alive()
    assert other.alive()
    assert not marks.sweep(tmp_path, 0.1)
