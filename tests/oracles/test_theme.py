"""The theme extension, by Shopify's theme-check."""

import json
import shutil

import pytest

from tests.oracles import node

THEME = node.ROOT / "extension" / "theme"

SCHEMA = '{% schema %}{ "name": "x", "target": "section" }{% endschema %}'

PLANTED = {
    "UnknownFilter": "{{ product.title | shout }}",
    "MissingTemplate": "{% render 'nowhere' %}",
    "AppBlockValidTags": "{% javascript %}1{% endjavascript %}",
    "ImgWidthAndHeight": '<img src="a.png">',
}


def offences(folder):
    return json.loads(node.run("check_theme.mjs", folder))


@pytest.mark.oracle
def test_theme_check_finds_nothing():
    assert offences(THEME) == []


@pytest.mark.oracle
def test_theme_check_finds_what_is_planted(tmp_path):
    planted = shutil.copytree(THEME, tmp_path / "theme")
    for check, liquid in PLANTED.items():
        (planted / "blocks" / f"planted-{check.lower()}.liquid").write_text(f"{liquid}\n{SCHEMA}")
    found = {(offence["check"], offence["file"].rpartition("/")[2]) for offence in offences(planted)}
    assert {(check, f"planted-{check.lower()}.liquid") for check in PLANTED} <= found
