"""Say how sure a share is: Wilson's interval, honest for few cases and for shares near none or all. Pure."""

from __future__ import annotations

import math
from typing import Final

Z: Final = 1.96  # 95 of 100 intervals made so hold the true share


def interval(count: int, base: int) -> tuple[float, float] | None:
    """Return the 95 % interval of `count` out of `base` as shares, None without a base."""
    if base <= 0:
        return None
    share, spread = count / base, Z * Z / base
    middle = (share + spread / 2) / (1 + spread)
    half = Z / (1 + spread) * math.sqrt(share * (1 - share) / base + spread / (4 * base))
    return max(0.0, middle - half), min(1.0, middle + half)
