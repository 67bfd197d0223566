"""Claims about processes that die, hang or stand still at the worst moment."""

from tests.prove.claims import Figure, Scale, by_tests, claim

POINTS_AND_ACTIONS = 224  # 56 points, each killed, failed, hung and stopped


@claim("engine", "Killed, failed, hung or stopped at any named point, nothing is lost and nothing is sent twice")
def crashes(scale: Scale) -> Figure:
    """Do each of the four at every point `tests/crash/test_every_point.py` lists; unknown only at K8-K10."""
    return by_tests("tests/crash", least=POINTS_AND_ACTIONS)
