"""Claims about shops that share an app with one that Shopify answers badly for, or that sends much."""

from tests.prove.aside import aside
from tests.prove.claims import Figure, Scale, claim

MOST = 2.0  # times as late as without such shops
SOON_S = 300  # all of a rush is applied within


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


@claim("engine", "In a rush of 1,000 webhooks a second, all are kept, and who sends most keeps nobody else waiting")
def rush(scale: Scale) -> Figure:
    """Tell of sixty thousand changes in a minute, of which one shop in a thousand sends seven of ten, or none."""
    (alone,), (beside,) = aside(("tests.chaos.rush", "alone")), aside(("tests.chaos.rush", "beside"))
    ratio = beside["p95_s"] / alone["p95_s"]
    everything = beside["answered"] == {"200": beside["told"]} and beside["applied"] == beside["told"]
    words = (
        f"{beside['told']} webhooks in a minute answered {beside['answered']}, {beside['applied']} applied, the last"
        f" {beside['all_applied_after_s'] or 'never'} s after the last was kept; 95 of 100 of the 999 other shops'"
        f" {beside['others']} within {beside['p95_s']:.1f} s, {alone['p95_s']:.1f} s alone (x{ratio:.2f}, at most"
        f" x{MOST:g})"
    )
    soon = beside["all_applied_after_s"] is not None and beside["all_applied_after_s"] <= SOON_S
    return Figure(words, holds=everything and soon and ratio <= MOST)
