"""Claims about webhooks that are lost, repeated, shuffled, forged and spoiled, and about processes that die."""

from collections import Counter
from functools import cache

from app.wiring import TOPICS
from devstore.webhooks.subscriptions import COMPLIANCE
from tests.prove.aside import aside
from tests.prove.claims import Figure, Scale, by_tests, claim

LOSABLE = sorted(topic for topic in TOPICS if topic not in COMPLIANCE and not topic.startswith("app/"))
LEAST_LOST = 20
FEW = 10
POINTS_AND_ACTIONS = 112  # 56 points, each killed and failed
FLUSHES = 9


@cache
def journeys(count: int) -> list[dict]:
    """Play journeys: with the truth asked for before every sending, and with it asked for once, at the end.

    A few are not worth a second process.
    """
    half = count // 2 if count > FEW else count
    runs = [("tests.convergence", half, f"first {count}", "always")]
    if count > half:
        runs.append(("tests.convergence", count - half, f"second {count}", "once"))
    return aside(*runs)


@claim("main-job", "Through lossy, repeated and shuffled webhooks, the app ends equal to the shop's truth", quick=True)
def converges(scale: Scale) -> Figure:
    """Compare the app's tables with the simulated shop's own, field by field, and count what was lost."""
    runs = journeys(scale(200, quick=4))
    lost = sum((Counter(run["lost"]) for run in runs), Counter())
    fields, wrong = sum(run["compared"] for run in runs), [one for run in runs for one in run["differences"]]
    rarest = min(LOSABLE, key=lambda topic: lost[topic])
    played, delivered, acts = (sum(run[name] for run in runs) for name in ("journeys", "delivered", "acts"))
    words = (
        f"{played} journeys of {acts} acts, {delivered} deliveries, {lost.total()} lost, of each topic at least"
        f" {lost[rarest]} ({rarest}); {fields} fields compared, {len(wrong)} differ {wrong[:2] or ''}"
    )
    enough = scale.quick or lost[rarest] >= LEAST_LOST
    return Figure(words, holds=not wrong and enough and fields > 0)


@claim("main-job", "Each message is accepted once, and none that the truth says must not be sent", quick=True)
def says_once(scale: Scale) -> Figure:
    """Hold the mail listener's own log against the truth at the moment of each sending."""
    judged = [run["judged"] for run in journeys(scale(200, quick=4))]
    total = {name: sum(one[name] for one in judged) for name in ("sent", "must", "must_not", "may")}
    faults = [fault for one in judged for fault in one["faults"]]
    words = (
        f"{total['sent']} (line, step) said; {total['must']} had to be, {total['must_not']} must not,"
        f" {total['may']} could go either way; {len(faults)} faults {faults[:2] or ''}"
    )
    return Figure(words, holds=not faults and total["sent"] >= total["must"] > 0)


@claim("main-job", "An uninstall nobody was told of shows at the next call, and nothing is sent from then on")
def lost_uninstall(scale: Scale) -> Figure:
    """Uninstall, lose the webhook, go on."""
    return by_tests("tests/convergence/test_cut_off.py", least=3)


@claim("main-job", "Killed or failed at any named point, nothing is lost and nothing is sent twice")
def crashes(scale: Scale) -> Figure:
    """Kill and fail each point of `tests/crash/test_every_point.py`; unknown only at K8-K10; none missing or missed."""
    return by_tests("tests/crash", least=POINTS_AND_ACTIONS)


@claim("main-job", "Redis emptied at any moment, mute or gone changes nothing but when")
def flushes(scale: Scale) -> Figure:
    """Take turns of ticker and workers, and empty it before each; take it away; let it answer nobody."""
    return by_tests("tests/convergence/test_without_redis.py", least=FLUSHES)


@claim("main-job", "A spoiled body with a good signature ends applied or parked, and other shops go on", quick=True)
def spoiled(scale: Scale) -> Figure:
    """Spoil genuine bodies of every topic by schema, bytes, depth, letters and numbers, and sign them."""
    size = scale(9_000, quick=100)
    halves = [size] if scale.quick else [size // 2, size - size // 2]
    runs = aside(*(("tests.fuzz", half, f"seed {number}") for number, half in enumerate(halves)))
    answers = sum((Counter(run["answers"]) for run in runs), Counter())
    states = sum((Counter(run["states"]) for run in runs), Counter())
    faults = [fault for run in runs for fault in run["faults"]]
    ends = ", ".join(f"{number} {state}" for state, number in states.most_common())
    words = f"{answers['200']} of {size} answered 200; {ends}; {len(faults)} faults {faults[:2] or ''}"
    return Figure(
        words,
        holds=answers == {"200": size} and not faults and set(states) <= {"applied", "parked", "waiting_for_shop"},
    )


@claim("main-job", "No route shows a foreign byte: not to another shop's session, not to a forged link, not to nobody")
def routes(scale: Scale) -> Figure:
    """Ask every route of the app's own map as its owner, as another shop, and without a token."""
    return by_tests("tests/tenancy", least=100)


@claim("main-job", "A person's name and address are in no log and not in Redis")
def canary(scale: Scale) -> Figure:
    """Live a journey full of trouble and search everything it left behind."""
    return by_tests("tests/convergence/test_canary.py")


@claim("main-job", "A stranger lives the first ten minutes in a browser, through everything bin/run starts")
def ten_minutes(scale: Scale) -> Figure:
    """Walk the journey with pictures at three widths, axe at every page, reload and back."""
    return by_tests("-m", "browser", "tests/journeys", least=13)
