import socket

import pytest

from app.messages.mail.compile import TemplateSource, compile_template, to_html
from app.messages.mail.markup import CompileError
from app.messages.mail.tokens import swap_in, swap_out


def body(inside, head=""):
    column = f"<mj-section><mj-column>{inside}</mj-column></mj-section>"
    return f"<mjml><mj-head>{head}</mj-head><mj-body>{column}</mj-body></mjml>"


def text(words):
    return body(f"<mj-text>{words}</mj-text>")


def compile_body(mjml, **parts):
    return compile_template(TemplateSource(**({"subject": "s", "preheader": "p", "mjml": mjml, "text": "t"} | parts)))


def test_liquid_survives_compiling_where_it_stood():
    html = to_html(
        body(
            '{% if order.name == "<&>" %}<mj-text>{{ shop.name | upcase }} {% unless arm %}b{% endunless %}</mj-text>'
            '{% endif %}<mj-button href="{{ links.review }}">{{ "x" }}</mj-button>'
        )
    )
    tags = [
        '{% if order.name == "<&>" %}',
        "{{ shop.name | upcase }}",
        "{% unless arm %}",
        "{% endunless %}",
        "{% endif %}",
    ]
    places = [html.index(tag) for tag in [*tags, '"{{ links.review }}"', '{{ "x" }}']]
    assert places == sorted(places)
    assert "wt00" not in html


def test_rows_of_a_table_can_be_repeated():
    html = to_html(
        text("<table><tbody>{% for l in lines %}<tr><td>{{ l.title }}</td></tr>{% endfor %}</tbody></table>")
    )
    assert html.index("<tbody>") < html.index("{% for") < html.index("<tr><td", html.index("{% for"))
    assert html.index("{% endfor %}") < html.index("</tbody>", html.index("{% for"))


@pytest.mark.parametrize(
    ("mjml", "complaint"),
    [
        (body("{{ shop.name }}"), "between elements"),
        (text("<p {% if arm %}class='x'{% endif %}>x</p>"), "outside an attribute"),
        (text("<!-- {{ shop.name }} -->"), "comment"),
        (text("{% raw %}{{ x }}{% endraw %}"), "not a tag"),
        (text("{% include 'x' %}"), "not a tag"),
        (text("{% comment %}x{% endcomment %}"), "not a tag"),
        (body("", head="<mj-title>{% if arm %}x{% endif %}</mj-title>"), "cannot stand"),
        (body("", head="<mj-style>.a { color: {{ arm }} }</mj-style>"), "cannot stand"),
        (text("wt0001v"), "reserved"),
        (text("\ue0007\ue001"), "reserved"),
        (body("<mj-include path='/etc/passwd' />"), "mj-include"),
        (text("<script>alert(1)</script>"), "script"),
        (text("<iframe src='x'></iframe>"), "iframe"),
        (text("<b>x</i>"), "closes"),
        (text("<b>x"), "closes"),
        ("<mjml><mj-body>", "never closed"),
        (text("x" * 200_001), "200 KB"),
        (text("x" * 70_000), "60 KB"),
        (text("<b>" * 101 + "</b>" * 101), "deeper"),
        (text("<div>" * 9_000 + "</div>" * 9_000), "deeper"),
        (text("{{ arm }}" * 2_001), "Liquid tags"),
        (text("{{ customer.password }}"), "customer.password"),
        (text("{{ lines[0].price }}"), "price"),
        (text("{{ nobody }}"), "nobody"),
        (text("{{ shop.name | shout }}"), "shout"),
        (text("{% if arm %}x"), "cannot be read"),
        (text("{{ shop.name"), "cannot be read"),
    ],
)
def test_what_would_fail_at_send_is_refused_at_save(mjml, complaint):
    with pytest.raises(CompileError, match=complaint):
        compile_body(mjml)


@pytest.mark.parametrize("part", ["subject", "preheader", "text"])
def test_the_other_parts_are_checked_as_well(part):
    with pytest.raises(CompileError, match=r"customer\.password"):
        compile_body(text("x"), **{part: "{{ customer.password }}"})


def test_nothing_is_fetched_while_compiling(monkeypatch):
    def refuse(*_):
        pytest.fail("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    html = to_html(
        body(
            '<mj-text font-family="Roboto">x</mj-text>',
            head='<mj-raw><link rel="stylesheet" href="http://127.0.0.1:9/x.css" /></mj-raw>'
            "<mj-style>@import url(http://127.0.0.1:9/y.css);</mj-style>",
        )
    )
    assert "fonts.googleapis" not in html


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<!--wt0000--> wt0001v", "lost"),
        ("wt0001v <!--wt0000--> <!--wt0002-->", "moved"),
        ("<!--wt0000--> wt0001v <!--wt0002--> <!--wt0000-->", "doubled"),
    ],
)
def test_a_token_that_was_lost_moved_or_doubled_is_noticed(html, complaint):
    swapped = swap_out(text("{% if arm %}{{ arm }}{% endif %}"))
    with pytest.raises(CompileError, match=complaint):
        swap_in(html, swapped)


def test_the_version_changes_with_every_part():
    first = TemplateSource("a", "b", "c", "d")
    others = [TemplateSource(*(each + "x" if i == n else each for i, each in enumerate("abcd"))) for n in range(4)]
    assert len({first.version, *(other.version for other in others)}) == 5
