"""Read one JSON object field by field; every fault names its path. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from app.shopify.payloads.fault import PayloadError

MAX_TEXT = 100_000  # characters; Shopify's own limits (notes, product titles) are far below
MAX_ITEMS = 5_000  # an order holds at most 500 lines, a product 2,048 variants
MAX_ADDRESS = 254  # characters, RFC 5321 §4.5.3.1 as corrected by its errata
MAX_ID = 2**63 - 1
MAX_COUNT = 2**31 - 1

GID = re.compile(r"gid://shopify/([A-Za-z]+)/([0-9]{1,19})(?:\?[\x21-\x7e]*)?")
MAIL_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
AMOUNT = re.compile(r"-?[0-9]{1,11}(?:\.[0-9]{1,9})?")  # the column holds eleven digits before the point
LARGEST_AMOUNT = 10**11
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Fields:
    """Give typed access to one object.

    `maybe_…` takes absent, null and blank as None; the others raise PayloadError for them, too.
    """

    __slots__ = ("_path", "_values")

    def __init__(self, values: Any, path: str = "") -> None:
        """Take the object and the path that led to it."""
        if not isinstance(values, dict):
            raise PayloadError(path or "body", "is not an object")
        self._values: dict[str, Any] = values
        self._path = path

    def has(self, name: str) -> bool:
        """Tell whether the field is there with a value other than null."""
        return self._values.get(name) is not None

    def identifier(self, name: str) -> int:
        """Return a positive 64-bit id, from a number or the end of a global id."""
        return self._required(name, self.maybe_identifier(name))

    def maybe_identifier(self, name: str) -> int | None:
        """Return a positive 64-bit id, or None."""
        value = self._values.get(name)
        return None if value is None else self._identifier(name, value)

    def identifiers(self, name: str) -> tuple[int, ...]:
        """Return a list of ids, () when absent or null."""
        return tuple(self._identifier(name, value) for value in self._list(name))

    def text(self, name: str) -> str:
        """Return text that is not blank."""
        return self._required(name, self.maybe_text(name))

    def maybe_text(self, name: str) -> str | None:
        """Return text, None when blank; refuse what PostgreSQL cannot store (NUL, half of a surrogate pair)."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._fault(name, "is not text")
        self._refuse_unstorable(name, value)
        return value if value.strip() else None

    def address(self, name: str) -> str:
        """Return an e-mail address; raise PayloadError for any other text as for none."""
        return self._required(name, self.maybe_address(name))

    def maybe_address(self, name: str) -> str | None:
        """Return an e-mail address; None, too, for text no mail could be addressed to."""
        value = (self.maybe_text(name) or "").strip()
        return value if len(value) <= MAX_ADDRESS and MAIL_ADDRESS.fullmatch(value) else None

    def loose_text(self, name: str) -> str:
        """Return text, "" for anything else: shoppers and other apps write what they like into attributes."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return ""
        self._refuse_unstorable(name, value)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts, () when absent or null."""
        values = []
        for value in self._list(name):
            if not isinstance(value, str):
                raise self._fault(name, "is not a list of texts")
            self._refuse_unstorable(name, value)
            values.append(value)
        return tuple(values)

    def filled_texts(self, name: str) -> tuple[str, ...]:
        """Return those of a list of texts that are not blank."""
        return tuple(value for value in self.texts(name) if value.strip())

    def words(self, name: str) -> tuple[str, ...]:
        """Return what a comma-separated text names, in order of the alphabet."""
        return tuple(sorted({part.strip() for part in (self.maybe_text(name) or "").split(",")} - {""}))

    def moment(self, name: str) -> datetime:
        """Return an instant as aware UTC."""
        return self._required(name, self.maybe_moment(name))

    def maybe_moment(self, name: str) -> datetime | None:
        """Return an RFC 3339 instant with its offset as aware UTC, or None."""
        value = self._values.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not INSTANT.fullmatch(value):
            raise self._fault(name, "is not an instant with an offset")
        try:
            instant = datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self._fault(name, "is not an instant with an offset") from None
        if not EARLIEST <= instant < LATEST:
            raise self._fault(name, "is outside the years 2000 to 2200")
        return instant

    def loose_moment(self, name: str) -> datetime | None:
        """Return an instant as aware UTC, None for anything else: a carrier's date may be from 1970."""
        try:
            return self.maybe_moment(name)
        except PayloadError:
            return None

    def count(self, name: str) -> int:
        """Return a whole number from 0."""
        return self._required(name, self.maybe_count(name))

    def maybe_count(self, name: str) -> int | None:
        """Return a whole number from 0, or None."""
        value = self.maybe_whole(name)
        if value is not None and value < 0:
            raise self._fault(name, "is negative")
        return value

    def maybe_whole(self, name: str) -> int | None:
        """Return a whole number of 32 bits, or None."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_COUNT:
            raise self._fault(name, "is not a whole number")
        return value

    def flag(self, name: str) -> bool:
        """Return true or false."""
        return self._required(name, self.maybe_flag(name))

    def maybe_flag(self, name: str) -> bool | None:
        """Return true or false, or None."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, bool):
            raise self._fault(name, "is neither true nor false")
        return value

    def amount(self, name: str) -> Decimal:
        """Return a decimal amount."""
        return self._required(name, self.maybe_amount(name))

    def maybe_amount(self, name: str) -> Decimal | None:
        """Return a decimal amount, written as text or as a number, or None."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, str) and AMOUNT.fullmatch(value):
            return Decimal(value)
        # Looked at, not computed with: 1e999999999 is ten bytes in a body and a gigabyte written out.
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            amount = Decimal(value)
            exponent = amount.as_tuple().exponent
            if isinstance(exponent, int) and -9 <= exponent <= 11 and -LARGEST_AMOUNT < amount < LARGEST_AMOUNT:
                return amount
        raise self._fault(name, "is not an amount")

    def choice(self, name: str, kind: type[Word], otherwise: Word) -> Word:
        """Return the word of `kind` the field says, in any case; `otherwise` for an unknown word, absent and null."""
        try:
            return kind((self.maybe_text(name) or "").strip().lower())
        except ValueError:
            return otherwise

    def child(self, name: str) -> Fields:
        """Return the object in a field."""
        return self._required(name, self.maybe_child(name))

    def maybe_child(self, name: str) -> Fields | None:
        """Return the object in a field, or None."""
        value = self._values.get(name)
        return None if value is None else Fields(value, self._at(name))

    def inner(self, name: str) -> Fields:
        """Return the object in a field, an empty one when absent or null: for fields all of which may be missing."""
        return self.maybe_child(name) or Fields({}, self._at(name))

    def children(self, name: str) -> list[Fields]:
        """Return the objects in a list, [] when absent or null."""
        return [Fields(value, self._at(f"{name}[{place}]")) for place, value in enumerate(self._list(name))]

    def usable(self, name: str, read: Callable[[Fields], Value]) -> tuple[Value, ...]:
        """Return what `read` makes of the objects in a list, without those it cannot use: for what may be missing.

        Carriers date scans as they like, and shoppers write what they like into a cart: no order is lost by it.
        """
        found = []
        for place, value in enumerate(self._list(name)):
            try:
                found.append(read(Fields(value, self._at(f"{name}[{place}]"))))
            except PayloadError:
                continue
        return tuple(found)

    def pairs(self, name: str, key: str) -> tuple[tuple[str, str], ...]:
        """Return the attributes of a cart, sorted: what each is called, under `key`, and its value; both may be ""."""
        return tuple(sorted(self.usable(name, lambda it: (it.maybe_text(key) or "", it.maybe_text("value") or ""))))

    def connection(self, name: str) -> list[Fields]:
        """Return the nodes of a connection, [] when the connection itself was refused."""
        return self.inner(name).children("nodes")

    def plain(self, name: str) -> dict[str, Any] | None:
        """Return the object in a field as it is, or None: for data whose shape another function knows."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, dict):
            raise self._fault(name, "is not an object")
        return value

    def loose_list(self, name: str) -> list[Any]:
        """Return a list as it is, [] for anything else."""
        value = self._values.get(name)
        return value if isinstance(value, list) else []

    def _identifier(self, name: str, value: Any) -> int:
        if isinstance(value, str):
            match = GID.fullmatch(value)
            value = int(match[2]) if match else value
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_ID:
            return value
        raise self._fault(name, "is not an id")

    def _list(self, name: str) -> list[Any]:
        value = self._values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self._fault(name, "is not a list")
        if len(value) > MAX_ITEMS:
            raise self._fault(name, f"has more than {MAX_ITEMS} entries")
        return value

    def _required(self, name: str, value: Value | None) -> Value:
        if value is None:
            raise self._fault(name, "is missing")
        return value

    def _refuse_unstorable(self, name: str, value: str) -> None:
        if len(value) > MAX_TEXT:
            raise self._fault(name, "is too long")
        if "\x00" in value:
            raise self._fault(name, "holds a NUL character")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            raise self._fault(name, "holds half a surrogate pair") from None

    def _fault(self, name: str, problem: str) -> PayloadError:
        return PayloadError(self._at(name), problem)

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name
