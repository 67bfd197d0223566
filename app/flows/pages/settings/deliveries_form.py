"""Read what a merchant chose for parcels. Every wrong field gets one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.orders.lanes.settings import RISKS, Deliveries

NEVER: Final = 0
LONGEST: Final = 60  # working days
RANGES: Final = (("home_from", "home_to"), ("abroad_from", "abroad_to"))
LEAST: Final = {"quiet_home": 1, "quiet_abroad": 1, "unsent_days": 1}
NAMES: Final = ("risk_percent", *(name for pair in RANGES for name in pair), *LEAST)


class WrongDeliveries(ValueError):
    """Refuse a form. `errors` maps a field to a sentence."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{field}: {text}" for field, text in errors.items()))
        self.errors = dict(errors)


def deliveries(form: Mapping[str, str]) -> Deliveries:
    """Return the choices a form holds. Raises WrongDeliveries naming every wrong field."""
    errors: dict[str, str] = {}
    typed = {name: _days(form.get(name, ""), name, errors) for name in NAMES}
    if typed["risk_percent"] not in {NEVER, *RISKS}:
        errors["risk_percent"] = "Choose 5 %, 10 %, 20 % or never."
    for first, last in RANGES:
        if first not in errors and last not in errors and bool(typed[first]) != bool(typed[last]):
            errors[last if typed[first] else first] = "A range needs both days, or none."
        elif typed[first] > typed[last] and last not in errors:
            errors[last] = f"The last day must not be before day {typed[first]}."
    if errors:
        raise WrongDeliveries(errors)
    return Deliveries(**typed)


def _days(text: str, name: str, errors: dict[str, str]) -> int:
    text, least = text.strip(), LEAST.get(name, 0)
    if not text and least == 0:
        return 0
    if len(text) <= 3 and text.isascii() and text.isdigit() and least <= int(text) <= LONGEST:
        return int(text)
    errors[name] = f"Enter {least} to {LONGEST} days. You entered {text[:20] or 'nothing'}."
    return least
