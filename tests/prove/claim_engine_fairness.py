"""A claim about shops that share an app with one that Shopify answers badly for."""

from tests.prove.aside import aside
from tests.prove.claims import Figure, Scale, claim

MOST = 2.0  # times as late as without such shops


@claim("engine", "Beside shops that Shopify answers slowly or not at all for, others' webhooks are hardly later")
def neighbours(scale: Scale) -> Figure:
    """Play the same traffic with and without three bad shops, at the same time, on real processes."""
    alone, beside = aside(("tests.chaos.neighbours", "alone"), ("tests.chaos.neighbours", "beside"))
    ratio = beside["p95_s"] / alone["p95_s"]
    words = (
        f"{beside['told']} webhooks of six healthy shops, each of which has to ask: 95 of 100 applied within"
        f" {alone['p95_s']:.2f} s alone, {beside['p95_s']:.2f} s beside three bad shops (x{ratio:.2f}, at most"
        f" x{MOST:g}), half within {alone['median_s']:.2f} and {beside['median_s']:.2f} s; bad shops were asked"
        f" {beside['asked_badly']} times"
    )
    return Figure(words, holds=ratio <= MOST and beside["asked_badly"] > 0)
