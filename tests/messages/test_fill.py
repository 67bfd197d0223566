from dataclasses import replace

import pytest

from app.messages.mail import presets
from app.messages.mail.compile import TemplateSource, compile_template
from app.messages.mail.context import Customer, Line, Links, MailContext, Order, Parcel, Shop, knows
from app.messages.mail.fill import RenderError, fill
from app.messages.mail.preset_list import PRESETS
from app.messages.mail.sample import sample_context

XSS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</mj-text><mj-raw><script>alert(1)</script>",
    "{{ shop.email }}{% for i in (1..9) %}x{% endfor %}",
    "I <3 it & more",
    "' onmouseover='alert(1)",
]


@pytest.mark.parametrize("words", XSS)
@pytest.mark.parametrize("name", PRESETS)
def test_no_words_of_shopper_or_shop_become_markup_or_liquid(name, words):
    base = sample_context()
    context = replace(
        base,
        shop=replace(base.shop, name=words, address=words),
        customer=Customer(words, words),
        order=Order(words, words),
        lines=(Line(words, variant=words, image_url=base.lines[0].image_url, help_text=words),),
        parcel=replace(base.parcel, carrier=words, tracking_number=words, delivered=words, expected=words),
    )
    mail = fill(presets.template(name, "en"), context.as_mapping())
    clean = fill(presets.template(name, "en"), base.as_mapping())
    for mark in ("<script", "<img src=x", "<mj-", "onmouseover='"):
        assert mark not in mail.html
    assert mail.html.count("<img") <= clean.html.count("<img")
    assert base.shop.email not in mail.html.replace("{{ shop.email }}", "")
    assert "\n" not in mail.subject


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://x.example/ onclick=x",
        'https://x.example/"><b>',
        "//x",
        "ftp://x.example/x",
    ],
)
def test_an_address_that_is_not_a_web_address_never_reaches_a_mail(url):
    base = sample_context()
    values = replace(
        base,
        lines=(Line("Kettle", image_url=url, product_url=url, help_url=url),),
        parcel=Parcel(tracking_url=url),
        links=Links(order=url),
    ).as_mapping()
    mail = fill(presets.template("shipped", "en"), values)
    assert url not in mail.html
    assert url not in mail.text


@pytest.mark.parametrize("name", PRESETS)
def test_a_required_field_that_is_missing_is_named(name):
    for path in PRESETS[name].required:
        values = sample_context().as_mapping()
        if path == "lines.title":
            values["lines"] = []
        else:
            group, field = path.split(".")
            values[group][field] = "  "
        with pytest.raises(RenderError) as missing:
            fill(presets.template(name, "en"), values)
        assert missing.value.field == path


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("name", PRESETS)
def test_what_is_optional_leaves_its_sentence_out(name, locale):
    bare = MailContext(
        Shop("Kiln & Kettle", "hello@example.com", "https://shop.example.com"),
        Customer(),
        Order("#1"),
        (Line("Kettle"),),
        links=Links(review="https://m.example/r/1", unsubscribe="https://m.example/u/1"),
        locale=locale,
    )
    mail = fill(presets.template(name, locale), bare.as_mapping())
    for part in (mail.subject, mail.preheader, mail.text):
        assert " ." not in part
        assert " ," not in part
        assert "  " not in part
        assert ", ." not in part
        assert not part.rstrip().endswith(":")
    assert 'src=""' not in mail.html
    assert 'href=""' not in mail.html


def test_objects_do_not_reach_a_template():
    values = sample_context().as_mapping()
    values["shop"] = object()
    with pytest.raises(RenderError, match="object"):
        fill(presets.template("shipped", "en"), values)


def test_a_limit_reached_is_a_render_error_naming_the_part():
    source = TemplateSource(
        "s",
        "p",
        "<mjml><mj-body></mj-body></mjml>",
        "{% for i in (1..9999) %}{% for j in (1..9) %}x{% endfor %}{% endfor %}",
    )
    with pytest.raises(RenderError) as dear:
        fill(compile_template(source), {})
    assert dear.value.field == "text"


def test_an_empty_subject_is_a_render_error():
    source = TemplateSource("{{ shop.name }}", "p", "<mjml><mj-body></mj-body></mjml>", "t")
    with pytest.raises(RenderError) as empty:
        fill(compile_template(source), {})
    assert empty.value.field == "subject"


def test_tracked_links_fall_back_to_the_plain_ones():
    context = replace(sample_context(), links=Links())
    links = context.as_mapping()["links"]
    assert links["tracking"] == context.parcel.tracking_url
    assert links["help"] == context.lines[0].help_url
    assert links["product"] == context.lines[0].product_url


@pytest.mark.parametrize(
    ("path", "known"),
    [
        (["shop", "name"], True),
        (["lines", 0, "title"], True),
        (["lines", "first", "title"], True),
        (["lines", "size"], True),
        (["links", "rate", 3], True),
        (["lines"], True),
        (["shop", "secret"], False),
        (["shop", "name", "upper"], False),
        (["lines", "title"], False),
        (["lines", 0, "price"], False),
        (["nothing"], False),
        (["links", "rate", 3, "x"], False),
    ],
)
def test_the_contract_knows_its_paths(path, known):
    assert knows(path) is known
