"""The named points of the code are exactly those that are killed and failed here: none rots, none is forgotten."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"""(?:fault\.point\(|committed=)"([A-Z]\d+)"\)?""")

EXPECTED = (
    {f"W{n}" for n in range(1, 5)}
    | {f"B{n}" for n in range(1, 5)}
    | {f"P{n}" for n in range(1, 4)}
    | {f"K{n}" for n in range(1, 12)}
    | {"T1", "T2", "C1", "C2"}
)


def test_the_code_names_every_point():
    named = {name for path in (ROOT / "app").rglob("*.py") for name in NAMED.findall(path.read_text())}
    assert named == EXPECTED


def test_every_point_is_crashed():
    here = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*_points.py"))
    assert set(re.findall(r'"([WBPKTC]\d+)"', here)) == EXPECTED
