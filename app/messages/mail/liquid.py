"""Liquid as merchants know it from Shopify, with less room: the environments mails are written in.

python-liquid 2.3.6 differs from Shopify's Liquid in two ways that matter here, patched below for the whole process
and held by tests: to it nil, false and undefined are not `blank`, so `{% if x != blank %}` would misfire; and ranges
have no limit, so `(1..99999999)` would fill the memory.
"""

from __future__ import annotations

from typing import Any, ClassVar

from liquid import Environment, Mode
from liquid.builtin.expressions import logical, primitive
from liquid.builtin.tags import case_tag
from liquid.exceptions import ResourceLimitError
from liquid.filter import string_filter
from liquid.undefined import is_undefined

from app.messages.mail.wording import short_title

RANGE_LIMIT = 10_000  # items; a mail that counts further has a mistake in it

TAGS = frozenset(
    {
        *("content", "output", "illegal", "#", "comment"),  # what python-liquid itself is made of
        *("if", "unless", "case", "for", "break", "continue", "cycle", "assign", "capture", "echo"),
    }
)
FILTERS = frozenset(
    {
        *("abs", "at_least", "at_most", "ceil", "divided_by", "floor", "minus", "modulo", "plus", "round", "times"),
        *("append", "capitalize", "default", "downcase", "escape", "newline_to_br", "prepend", "remove", "strip"),
        *("strip_html", "truncate", "truncatewords", "upcase", "url_encode"),
        *("compact", "concat", "first", "join", "last", "map", "reverse", "size", "slice", "uniq", "where"),
    }
)  # not `date`, which reads the clock; not `replace` and `sort`, which know no limit; not `safe`, which trusts


class MailEnvironment(Environment):
    """Parse and fill within limits: what a merchant writes may be wrong, but never dear."""

    block_nesting_limit: ClassVar[int] = 20
    context_depth_limit: ClassVar[int] = 20
    loop_iteration_limit: ClassVar[int | None] = 10_000
    local_namespace_limit: ClassVar[int | None] = 200_000  # bytes
    output_stream_limit: ClassVar[int | None] = 500_000  # bytes

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Keep the tags and filters of the two lists above, and add ours."""
        super().setup_tags_and_filters(extra=extra)
        self.tags = {name: tag for name, tag in self.tags.items() if name in TAGS}
        self.filters = {name: run for name, run in self.filters.items() if name in FILTERS}
        self.add_filter("short", short)


@string_filter
def short(title: str, limit: Any = 24) -> str:
    """Return a product title fit for a subject line, at most `limit` characters."""
    return short_title(str(title), int(limit))


def _is_blank(value: object) -> bool:
    return value is None or value is False or is_undefined(value)


_eq_as_published = logical._eq  # noqa: SLF001 - the one comparison every tag goes through


def _eq_as_shopify(left: object, right: object) -> bool:
    if isinstance(left, primitive.Blank) and _is_blank(right):
        return True
    if isinstance(right, primitive.Blank) and _is_blank(left):
        return True
    return _eq_as_published(left, right)


_range_as_published = primitive.RangeLiteral._make_range  # noqa: SLF001 - see the module's docstring


def _short_range(self: primitive.RangeLiteral, start: Any, stop: Any) -> range:
    numbers = _range_as_published(self, start, stop)
    if len(numbers) > RANGE_LIMIT:
        raise ResourceLimitError(f"a range has more than {RANGE_LIMIT} items", token=self.token)
    return numbers


logical._eq = case_tag._eq = _eq_as_shopify  # type: ignore[attr-defined]  # noqa: SLF001
primitive.RangeLiteral._make_range = _short_range  # type: ignore[method-assign]  # noqa: SLF001

HTML = MailEnvironment(tolerance=Mode.STRICT, strict_filters=True, autoescape=True)
TEXT = MailEnvironment(tolerance=Mode.STRICT, strict_filters=True, autoescape=False)
