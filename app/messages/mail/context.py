"""What a mail may speak of: the whole contract between the facts of a shop and a template.

Every value is a finished word, number or address (app.messages.mail.wording makes them); templates decide nothing about
time, money or zones. An empty string means "not known", and templates leave the sentence out.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, lru_cache
from typing import Any, Final, cast, get_args, get_origin, get_type_hints

from app.messages.mail.web_address import spelled


@dataclass(frozen=True, slots=True)
class Shop:
    """Name who speaks. `address` is the postal address in one line; `url` the storefront."""

    name: str
    email: str
    url: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """Name who is spoken to. `name` is what follows "Thank you": "Ana", "Ana Weber", or "" for no name at all."""

    name: str = ""
    first_name: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Say which order. `name` is the shop's own ("#1402"), `placed` a day in words, `gift` whether it was one."""

    name: str
    placed: str = ""
    gift: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Describe one thing the mail is about. Help is the merchant's plain text and a page to read on."""

    title: str
    quantity: int = 1
    variant: str = ""
    image_url: str = ""
    product_url: str = ""
    help_text: str = ""
    help_url: str = ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Say where the parcel is. `delivered` and `expected` are days in words.

    `delivered_known` tells a carrier's word from our inference: what is only inferred "should have arrived".
    `rest_count` is how many further things of the order travel apart from this parcel.
    """

    carrier: str = ""
    tracking_number: str = ""
    tracking_url: str = ""
    delivered: str = ""
    delivered_known: bool = False
    expected: str = ""
    rest_count: int = 0


@dataclass(frozen=True, slots=True)
class Links:
    """Hold the signed and tracked addresses of this one message; "" leaves the link out.

    `rate` holds the review page opened at 1 to 5 stars, in that order, or nothing. `tracking`, `order`, `product` and
    `help` lead out of the mail to what their name says. `open` is the pixel's address.
    """

    review: str = ""
    rate: tuple[str, ...] = ()
    buy_again: str = ""
    tracking: str = ""
    order: str = ""
    product: str = ""
    help: str = ""
    unsubscribe: str = ""
    preferences: str = ""
    open: str = ""


@dataclass(frozen=True, slots=True)
class MailContext:
    """Hold everything one mail may say. `lines` are the things it is about, the most telling first.

    `locale` is a language of app.messages.mail.wording.LOCALES; `arm` the experiment's variant ("A", "B"), "" for none;
    `season` what the shop calls the time of its year, "" where it has no name for it.
    """

    shop: Shop
    customer: Customer
    order: Order
    lines: tuple[Line, ...]
    parcel: Parcel = Parcel()
    links: Links = Links()
    locale: str = "en"
    arm: str = ""
    season: str = ""

    def as_mapping(self) -> dict[str, object]:
        """Return plain mappings, lists, words and numbers: nothing with methods reaches a template.

        Addresses that are not http or https become "", so that no product or tracking page can carry a script. A
        tracked link that was not made falls back to the plain address.
        """
        values = cast("dict[str, object]", _plain(self))
        links, parcel = values["links"], values["parcel"]
        first = next(iter(self.lines), Line(""))
        assert isinstance(links, dict) and isinstance(parcel, dict)  # noqa: S101, PT018 - _plain made them
        links["tracking"] = links["tracking"] or parcel["tracking_url"]
        links["product"] = links["product"] or _web(first.product_url)
        links["help"] = links["help"] or next((_web(line.help_url) for line in self.lines if _web(line.help_url)), "")
        return values


SHARED: Final = (Shop, Line)  # one shop's mails speak of the same few


def _plain(value: object, *, address: bool = False) -> object:
    if type(value) is str:
        return _web(value) if address and value else value
    if isinstance(value, tuple):
        return [_plain(each, address=address) for each in value]
    return dict(_shared(value)) if isinstance(value, SHARED) else _taken_apart(value, address=address)


def _taken_apart(value: object, *, address: bool = False) -> object:
    fields_of = _fields(cast("Hashable", type(value)))
    if fields_of is None:
        return value
    found = {}
    for key, is_address in fields_of:
        each = getattr(value, key)
        found[key] = each if type(each) is str and not (is_address and each) else _plain(each, address=is_address)
    return found


@lru_cache(maxsize=1024)
def _shared(value: Shop | Line) -> Mapping[str, object]:
    return cast("Mapping[str, object]", _taken_apart(value))


@cache
def _fields(of: Hashable) -> tuple[tuple[str, bool], ...] | None:
    """Return the fields of a dataclass and whether each holds addresses; None for anything else."""
    if not is_dataclass(of):
        return None
    names = [field.name for field in fields(cast("Any", of))]
    return tuple((name, of is Links or name == "url" or name.endswith("_url")) for name in names)


def _web(address: str) -> str:
    return address if address and spelled(address) is not None else ""


def knows(path: Sequence[object], of: type = MailContext) -> bool:
    """Tell whether a template may name `path`, such as ["lines", 0, "title"]: the check at compile time."""
    if not path:
        return True
    if get_origin(of) is tuple:
        item = get_args(of)[0]
        if path[0] == "size":
            return len(path) == 1
        return (isinstance(path[0], int) or path[0] in {"first", "last"}) and knows(path[1:], item)
    if not is_dataclass(of) or path[0] not in {field.name for field in fields(of)}:
        return False
    return knows(path[1:], get_type_hints(of)[str(path[0])])
