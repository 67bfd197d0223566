"""Payloads as Shopify sends and answers them, money and quantities kept exact."""

import json
from decimal import Decimal
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "payloads"


def sample(name):
    """Return the payload of this name, e.g. `webhook_order`, new each time."""
    return json.loads((SAMPLES / f"{name}.json").read_text(), parse_float=Decimal)
