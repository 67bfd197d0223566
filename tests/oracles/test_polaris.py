"""The admin's templates use only what Polaris has; and the oracle that says so can fail."""

import pytest

from tests.oracles import node, polaris

pytestmark = pytest.mark.oracle

TEMPLATES = sorted(path for path in (node.ROOT / "templates").rglob("*.html") if "<s-" in path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(node.ROOT)))
def test_a_template_uses_only_what_polaris_has(path):
    assert polaris.template_faults(path.read_text()) == []


@pytest.mark.parametrize(
    "html",
    [
        "<s-card>x</s-card>",
        "<s-button tone='loud'>x</s-button>",
        "<s-button colour='red'>x</s-button>",
        "<s-page><s-button slot='primary'>x</s-button></s-page>",
        "<s-divider/>",
        "<s-page inlinesize='huge'></s-page>",
    ],
)
def test_a_planted_fault_is_found(html):
    assert polaris.faults(f"<main>{html}</main>")
    assert polaris.template_faults(f"{{% block body %}}\n{html}\n{{% endblock %}}")


def test_what_jinja_fills_in_is_not_judged():
    source = """
    {# <s-card> #}
    <s-page heading="{{ heading }}" inlineSize="base">
      <s-button slot="primary-action" variant="primary" tone="{{ tone }}" {% if busy %}loading{% endif %}>{{ x }}
      </s-button>
      <s-section heading="A" {{ attributes }}>
        <s-badge tone="{% if bad %}critical{% else %}success{% endif %}">1</s-badge>
      </s-section>
    </s-page>"""
    assert polaris.template_faults(source) == []


def test_an_attribute_inside_a_condition_is_judged():
    assert polaris.template_faults("<s-button {% if busy %}busy{% endif %}>x</s-button>")
