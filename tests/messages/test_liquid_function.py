"""The function a template becomes says what python-liquid says, for every preset, every context, every odd value."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from liquid import BoundTemplate
from liquid.exceptions import LiquidError

from app.messages.mail import liquid, presets
from app.messages.mail.context import Customer, Line, Links, MailContext, Order, Parcel, Shop
from app.messages.mail.liquid_function import Unmade, _Writer, to_function
from app.messages.mail.preset_list import PRESETS
from app.messages.mail.wording import LOCALES

ODD_WORDS = ["", "  ", "Kettle <b>", 'a"b', "O'Neil & Söhne", "x\ny", "\u2028", "\r\n"]
WORDS = st.one_of(st.sampled_from(ODD_WORDS), st.text(max_size=12))
LINE = st.builds(
    Line,
    title=WORDS,
    quantity=st.integers(-1, 3),
    variant=WORDS,
    image_url=WORDS,
    help_text=WORDS,
    help_url=WORDS,
)
ADDRESS = st.sampled_from(["", "https://a.example/?x=1&y=<2>", "javascript:alert(1)"])
CONTEXTS = st.builds(
    MailContext,
    shop=st.builds(Shop, WORDS, WORDS, ADDRESS, WORDS),
    customer=st.builds(Customer, WORDS, WORDS),
    order=st.builds(Order, WORDS, WORDS),
    lines=st.lists(LINE, max_size=6).map(tuple),
    parcel=st.builds(Parcel, WORDS, WORDS, ADDRESS, WORDS, st.booleans(), WORDS, st.integers(0, 3)),
    links=st.builds(Links, ADDRESS, st.sampled_from([(), ("https://a.example/1",) * 5]), *[ADDRESS] * 8),
    locale=st.sampled_from(LOCALES),
    arm=st.sampled_from(["", "A", "B"]),
)
PARTS = ("subject", "preheader", "html", "text")
EVERY = [
    pytest.param(getattr(presets.template(name, locale), part), id=f"{name}-{locale}-{part}")
    for name in PRESETS
    for locale in LOCALES
    for part in PARTS
]


def said(render, context):
    """What comes out, or what kind of error."""
    try:
        return render(context)
    except (LiquidError, TypeError) as error:
        return type(error)


@pytest.mark.parametrize("template", EVERY)
def test_every_preset_becomes_a_function(template):
    assert _Writer(template.walked.env).function(template.walked.nodes)


@given(context=CONTEXTS)
def test_a_preset_says_what_python_liquid_says(context):
    values = context.as_mapping() | {"subject": context.order.name, "preheader": context.order.placed}
    for name in PRESETS:
        for part in PARTS:
            template = getattr(presets.template(name, context.locale), part)
            assert template.render(values) == template.walked.render(values)


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 12), st.floats(allow_nan=False), WORDS, st.lists(WORDS, max_size=4)
)
ODD = [
    "{{ a }}{{ b.c }}{{ d[0] }}{{ missing }}{{ b.missing.more }}{{ d.size }}{{ d[9] }}",
    "{% if a %}1{% elsif b.c %}2{% else %}3{% endif %}",
    "{% if a == b.c %}1{% endif %}{% if a != blank %}2{% endif %}{% if a == empty %}3{% endif %}",
    "{% if a == nil %}4{% endif %}{% if b.c == false %}5{% endif %}",
    "{% if a > 1 %}1{% endif %}{% if a <= 2 and b.c >= 0 or a < 9 %}2{% endif %}",
    "{% if a == 1 or a == true and b.c == 'x' %}1{% endif %}{% if a contains 'x' %}2{% endif %}",
    "{% for x in d %}{{ x }},{% endfor %}{% for x in a %}[{{ x }}]{% endfor %}",
    "{% for x in d limit: 2 %}{{ x }}{{ a }}{{ forloop.index }}{% endfor %}{{ x }}",
    "{% for x in d %}{{ forloop.index }}{{ x }}{% else %}none{% endfor %}",
    "{% for x in d %}{% if forloop.first %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in d %}{% for y in d %}{{ x }}{{ y }}{% endfor %}{% endfor %}",
    "{{ a | append: '<b>' | upcase }}{{ b.c | default: 'none' }}{{ d | join: ', ' }}{{ a | truncate: 3 }}",
    "{{ b.c | newline_to_br }}{{ b.c | escape }}{{ b.c | short: 5 }}{{ '<i>' }}{{ 3 }}{{ a | plus: 1 }}",
    "{% if b.c == blank %}  \n {% endif %}x{% if a %} {% if d %}\n{% endif %} {% else %} {% endif %}y",
    "{% assign z = a %}{{ z }}{% capture y %}{{ b.c }}{% endcapture %}{{ y }}",
    "{% unless a %}1{% endunless %}{% case a %}{% when 1 %}one{% else %}other{% endcase %}",
    "{% # no %}{% comment %}no{% endcomment %}{{ a }}",
    "{{ d.first }}{{ d.last }}{{ b.size }}{{ a.size }}{{ b }}",
]


@pytest.mark.parametrize("environment", [liquid.HTML, liquid.TEXT], ids=["html", "text"])
@pytest.mark.parametrize("source", ODD)
def test_whatever_is_filled_in_comes_out_as_python_liquid_has_it(environment, source):
    template: BoundTemplate = environment.from_string(source)
    render = to_function(template)

    @given(a=VALUES, c=VALUES, d=st.lists(WORDS, max_size=4))
    def alike(a, c, d):
        values = {"a": a, "b": {"c": c}, "d": d}
        assert said(render, values) == said(template.render, values)

    alike()


def test_no_limit_is_lost():
    template = liquid.HTML.from_string("{% for x in d %}{{ x }}{% endfor %}")
    render = to_function(template)
    for values in ({"d": ["x" * 60_000] * 10}, {"d": ["x"] * 10_001}, {"d": ["é" * 90_000] * 3}):
        assert said(render, values) == said(template.render, values)


def test_what_a_template_says_is_never_read_as_python():
    source = "'''\"\"\"{{ a }}\\\n'+__import__('os')+'{% if a == \"'+x+'\" %}{% endif %}"
    template = liquid.TEXT.from_string(source)
    assert to_function(template)({"a": "')"}) == template.render({"a": "')"})


def test_what_is_not_known_has_no_function():
    for source in ("{% assign x = 1 %}", "{{ a[b] }}", "{% for x in (1..3) %}{% endfor %}"):
        template = liquid.HTML.from_string(source)
        with pytest.raises(Unmade):
            _Writer(template.env).function(template.nodes)


def test_a_mail_is_whole_whichever_way_it_was_filled():
    context = MailContext(Shop("Kiln", "a@b.example", ""), Customer(), Order("#1"), ())
    values = replace(context, lines=()).as_mapping()  # lines[0] is not there: the walk decides
    template = presets.template("thank_you", "en").subject
    assert template.render(values) == template.walked.render(values)
