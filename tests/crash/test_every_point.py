"""The named points of the code are exactly those that are killed and failed here: none rots, none is forgotten."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"""(?:fault\.point\(|committed=)"([A-Z]\d+)"\)?""")

POINTS = {
    "W": (4, "a webhook is received"),
    "B": (4, "a webhook is applied"),
    "P": (3, "an order is planned for"),
    "K": (11, "what is due is claimed, decided, handed off and settled"),
    "C": (2, "two connections, two commits of a drain"),
    "T": (2, "tokens are renewed"),
    "L": (4, "runs look again; the calendar starts runs"),
    "D": (2, "what is late is said"),
    "F": (2, "orders from before are taken in"),
    "Q": (4, "a question to the past is divided, claimed and answered"),
    "H": (5, "a past is asked for and read"),
    "R": (3, "a turn is claimed; a pass reads a page"),
    "M": (1, "two customers become one"),
    "O": (4, "something is told to the shop"),
    "E": (3, "a person or a shop is erased"),
    "J": (2, "a periodic job is claimed and done"),
}
EXPECTED = {f"{letter}{n}" for letter, (count, _) in POINTS.items() for n in range(1, count + 1)}


def test_the_code_names_every_point():
    named = {name for path in (ROOT / "app").rglob("*.py") for name in NAMED.findall(path.read_text())}
    assert named == EXPECTED


def test_every_point_is_crashed():
    here = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*_points.py"))
    assert set(re.findall(rf'"([{"".join(POINTS)}]\d+)"', here)) == EXPECTED
