"""Turn parsed Liquid into one Python function, for the part of Liquid that mails are mostly made of.

python-liquid walks its tree node by node, 300 µs a mail. The function does what the walk does: output with filters,
`if` with comparisons, `for` over a list; each filter and comparison is python-liquid's own. A template with anything
else has no function and is walked; so is a mail in which the function meets what it was not made for (a name that is
missing, a line break to be translated, a limit that may be near): the walk's answer or error is the one that counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from liquid import BoundTemplate, Environment
from liquid.ast import BlockNode, Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, Path, logical, primitive
from liquid.builtin.output import OutputNode
from liquid.builtin.tags.comment_tag import CommentNode
from liquid.builtin.tags.for_tag import ForNode
from liquid.builtin.tags.if_tag import IfNode
from liquid.expression import Expression
from liquid.stringify import to_liquid_string
from markupsafe import escape

from app.messages.mail import liquid

Render = Callable[[Mapping[str, object]], str]

LONGEST: Final = 100_000  # characters; python-liquid's own limit counts bytes, four of them at most each
LONGEST_LOOP: Final = 100
COMPARED: Final = {
    logical.EqExpression: "eq({left}, {right})",
    logical.NeExpression: "not eq({left}, {right})",
    logical.LogicalAndExpression: "(true({left}) and true({right}))",
    logical.LogicalOrExpression: "(true({left}) or true({right}))",
}
ORDERED: Final = {
    logical.LtExpression: "{left} < {right}",
    logical.GtExpression: "{left} > {right}",
    logical.LeExpression: "{left} <= {right}",
    logical.GeExpression: "{left} >= {right}",
}


class Unmade(Exception):
    """Say that there is no function for this template, or none for this mail."""


def to_function(template: BoundTemplate) -> Render:
    """Return what fills the template: the function, or the walk where there is none."""
    try:
        fast = _Writer(template.env).function(template.nodes)
    except Unmade:
        return template.render

    def render(context: Mapping[str, object]) -> str:
        try:
            text = fast(context)
        except Exception:  # noqa: BLE001 - whatever it was, the walk says what it means
            return template.render(context)
        return template.render(context) if len(text) > LONGEST or "\r" in text else text

    return render


class _Writer:
    """Write the function's source line by line, and keep what it names."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.lines = ["def fill(c):", " o = []", " a = o.append"]
        self.names: dict[str, Any] = {
            "eq": _equal,
            "true": logical.is_truthy,
            "out": _escaped if environment.autoescape else _plain,
            "number": _number,
            "loop": _loop,
            "size": _size,
        }

    def function(self, nodes: Iterable[Node]) -> Render:
        """Return the function for these nodes; raise Unmade."""
        self.block(nodes, 1, {})
        self.lines.append(" return ''.join(o)")
        exec("\n".join(self.lines), self.names)  # noqa: S102 - every word of it is written here; texts are names
        made: Render = self.names["fill"]
        return made

    def named(self, value: object) -> str:
        """Return a name for a value: nothing of a template is ever spelled out in the source."""
        name = f"k{len(self.names)}"
        self.names[name] = value
        return name

    def line(self, depth: int, text: str) -> None:
        self.lines.append(" " * depth + text)

    def block(self, nodes: Iterable[Node], depth: int, local: Mapping[str, str]) -> None:
        """Write nodes; `local` are the loop variables by their name in the template."""
        for node in nodes:
            match node:
                case ContentNode():
                    self.line(depth, f"a({self.named(node.text)})")
                case OutputNode():
                    self.line(depth, f"a(out({self.value(node.expression, local)}))")
                case IfNode():
                    self.branches(node, depth, local)
                case ForNode():
                    self.loop(node, depth, local)
                case CommentNode():
                    pass
                case _:
                    raise Unmade

    def branches(self, node: IfNode, depth: int, local: Mapping[str, str]) -> None:
        self.line(depth, f"if {self.truth(node.condition, local)}:")
        self.inner(node.consequence, depth + 1, local)
        for each in node.alternatives:
            self.line(depth, f"elif {self.truth(each.expression, local)}:")
            self.inner(each.block, depth + 1, local)
        if node.default is not None:
            self.line(depth, "else:")
            self.inner(node.default, depth + 1, local)

    def inner(self, block: BlockNode, depth: int, local: Mapping[str, str]) -> None:
        self.line(depth, "pass")
        if not block.blank:  # of nothing but blanks, nothing is written
            self.block(block.nodes, depth, local)

    def loop(self, node: ForNode, depth: int, local: Mapping[str, str]) -> None:
        asked = node.expression
        if local or node.default is not None or asked.offset is not None or asked.reversed or asked.cols is not None:
            raise Unmade
        most = "None"
        if asked.limit is not None:
            if not isinstance(asked.limit, primitive.IntegerLiteral) or asked.limit.value < 1:
                raise Unmade
            most = str(int(asked.limit.value))
        self.line(depth, f"for n, v in loop({self.value(asked.iterable, local)}, {most}):")
        self.inner(node.block, depth + 1, {str(asked.identifier): "v"})

    def truth(self, expression: Expression, local: Mapping[str, str]) -> str:
        """Return source for whether a condition holds; a comparison says so by itself."""
        asked = expression.expression if isinstance(expression, logical.BooleanExpression) else expression
        if type(asked) in COMPARED or type(asked) in ORDERED:
            return self.compared(asked, local)
        return f"true({self.value(asked, local)})"

    def value(self, expression: Expression, local: Mapping[str, str]) -> str:
        """Return source for an expression's value."""
        match expression:
            case logical.BooleanExpression():
                return self.value(expression.expression, local)
            case Path():
                return self.path(expression, local)
            case FilteredExpression():
                return self.filtered(expression, local)
            case primitive.StringLiteral() if not self.environment.autoescape:  # else filters take it for markup
                return self.named(expression.value)
            case primitive.IntegerLiteral() | primitive.TrueLiteral() | primitive.FalseLiteral():
                return self.named(expression.value)
            case primitive.Blank() | primitive.Empty():
                return self.named(expression)
            case primitive.Nil():
                return "None"
        return self.compared(expression, local)

    def compared(self, expression: Any, local: Mapping[str, str]) -> str:
        """Return source for a comparison, or for two of them joined."""
        kind = type(expression)
        if kind in COMPARED:
            left, right = (self.side(each, local) for each in (expression.left, expression.right))
            return COMPARED[kind].format(left=left, right=right)
        if kind in ORDERED:
            left, right = (f"number({self.side(each, local)})" for each in (expression.left, expression.right))
            return ORDERED[kind].format(left=left, right=right)
        raise Unmade

    def side(self, expression: Expression, local: Mapping[str, str]) -> str:
        """Return source for what is compared: there a text is a text, marked up or not."""
        if isinstance(expression, primitive.StringLiteral):
            return self.named(str(expression.value))
        return self.value(expression, local)

    def path(self, expression: Path, local: Mapping[str, str]) -> str:
        root, *rest = expression.path
        if local and expression.path == ["forloop", "index"]:
            return "n"
        if not isinstance(root, str) or root == "forloop":
            raise Unmade
        source = local.get(root) or f"c[{self.named(root)}]"
        for segment in rest:
            if segment == "size":
                source = f"size({source})"
            elif isinstance(segment, Path) or segment in {"first", "last"}:
                raise Unmade
            else:
                source = f"{source}[{self.named(segment)}]"
        return source

    def filtered(self, expression: FilteredExpression, local: Mapping[str, str]) -> str:
        source = self.value(expression.left, local)
        for each in expression.filters or ():
            function = self.environment.filters.get(each.name)
            if function is None or getattr(function, "with_context", False):
                raise Unmade
            given = [source]
            for argument in each.args:
                if type(argument).__name__ != "PositionalArgument":
                    raise Unmade
                given.append(self.value(argument.value, local))
            if getattr(function, "with_environment", False):
                given.append(f"environment={self.named(self.environment)}")
            source = f"{self.named(function)}({', '.join(given)})"
        return source


def _equal(left: object, right: object) -> bool:
    """Compare as python-liquid does; most of what is compared are two texts, or a text with `blank`."""
    if type(left) is str:
        if type(right) is str:
            return left == right
        if type(right) is primitive.Blank:
            return not left or left.isspace()
    return bool(logical._eq(left, right))  # noqa: SLF001 - as app.messages.mail.liquid has patched it


def _escaped(value: object) -> str:
    return escape(value) if type(value) is str else to_liquid_string(value, autoescape=True)


def _plain(value: object) -> str:
    return value if type(value) is str else to_liquid_string(value, autoescape=False)


def _number(value: object) -> int:
    if type(value) is not int:
        raise Unmade
    return value


def _size(value: object) -> int:
    if type(value) is not list:
        raise Unmade
    return len(value)


def _loop(value: object, most: int | None) -> Iterable[tuple[int, object]]:
    if type(value) is not list or len(value) > LONGEST_LOOP:
        raise Unmade
    return enumerate(value if most is None else value[:most], 1)


assert liquid.HTML.autoescape  # noqa: S101 - imported for its patches, before anything here names what they change
