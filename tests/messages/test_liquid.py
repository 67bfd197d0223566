import time

import pytest
from liquid.exceptions import LiquidError

from app.messages.mail.liquid import HTML, TEXT


@pytest.mark.parametrize(
    ("value", "blank"),
    [
        (None, True),
        (False, True),
        ("", True),
        ("  \n", True),
        ([], True),
        ({}, True),
        ("x", False),
        (0, False),
        (True, False),
        ([1], False),
    ],
)
def test_blank_means_what_it_means_in_shopify(value, blank):
    ways = "{% if x == blank %}1{% endif %}{% if x != blank %}0{% endif %}{% if blank == x %}1{% else %}0{% endif %}"
    cases = "{% case x %}{% when blank %}1{% else %}0{% endcase %}"
    assert HTML.render(ways + cases, x=value) == ("111" if blank else "000")


def test_what_is_not_there_is_blank():
    assert HTML.render("{% if a.b.c != blank %}wrong{% else %}right{% endif %}", a={}) == "right"
    assert HTML.render("{% if nothing == blank %}right{% endif %}") == "right"


def test_other_comparisons_are_as_they_were():
    assert (
        HTML.render("{% if x == 1 %}a{% endif %}{% if x != 2 %}b{% endif %}{% if y == nil %}c{% endif %}", x=1) == "abc"
    )


@pytest.mark.parametrize(
    "dear",
    [
        "{{ (1..99999999) | join }}",
        "{% for i in (1..9999) %}{% for j in (1..9999) %}x{% endfor %}{% endfor %}",
        "{% for i in (1..9999) %}{% capture a %}{{ a }}{{ a }}xxxxxxxx{% endcapture %}{% endfor %}",
        "{% assign a = 'x' %}{% for i in (1..64) %}{% assign a = a | append: a %}{% endfor %}",
        "{% for i in (1..9999) %}" + "x" * 100 + "{% endfor %}",
        "{% if true %}" * 50 + "{% endif %}" * 50,
        "{{ 'a' | replace: 'a', 'aaaaaaaaaa' }}",
        "{{ list | sort }}",
        "{{ x | safe }}",
        "{{ 'now' | date: '%Y' }}",
        "{% include 'x' %}",
        "{% render 'x' %}",
        "{% tablerow i in (1..3) %}{% endtablerow %}",
        "{% liquid echo 1 %}",
    ],
)
def test_nothing_a_template_says_is_dear(dear):
    started = time.process_time()
    with pytest.raises(LiquidError):
        HTML.render(dear, list=[3, 1], x="<b>")
    assert time.process_time() - started < 2


def test_shoppers_words_are_escaped_in_html_and_plain_in_text():
    assert HTML.render("{{ x }} {{ x | upcase }}", x="<b>&\"'") == "&lt;b&gt;&amp;&#34;&#39; &lt;B&gt;&amp;&#34;&#39;"
    assert HTML.render("{{ x | newline_to_br }}", x="<b>\n") == "&lt;b&gt;<br />\n"
    assert HTML.render("{{ x | short: 40 }}", x="<script>") == "&lt;script&gt;"
    assert TEXT.render("{{ x }}", x="Kiln & Kettle") == "Kiln & Kettle"


class Fact:
    secret = "s3cret"

    def reveal(self):
        return self.secret


@pytest.mark.parametrize("path", ["o.secret", "o.reveal", "o.__class__", "o.__init__.__globals__", "o['secret']"])
def test_attributes_of_objects_are_out_of_reach(path):
    assert HTML.render("{{ " + path + " }}", o=Fact()) == ""
