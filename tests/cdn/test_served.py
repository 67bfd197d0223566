"""What /cdn serves, and what it says where the npm packages are missing."""

import re

import pytest
from flask import Flask

from devstore.cdn import blueprint
from devstore.cdn.bundle import FrontEndMissing, bridge_script, polaris_script, polaris_styles, read_icons
from tests.cdn.conftest import ROOT

MODULES = ROOT / "node_modules"
TAGS = re.split(
    r"\s+",
    """page section stack grid box button button-group link text heading paragraph badge banner table
table-header-row table-header table-body table-row table-cell text-field text-area number-field select option switch
checkbox choice-list choice search-field divider icon spinner modal menu popover tooltip thumbnail avatar ordered-list
unordered-list list-item empty-state clickable progress chip url-field email-field date-field""",
)


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setenv("DEVSTORE_APP_FOLDER", str(ROOT))
    app = Flask("cdn")
    app.register_blueprint(blueprint)
    return app.test_client()


@pytest.mark.parametrize(
    "path", ["app-bridge.js", "polaris.js", "polaris.css", "inter-latin.woff2", "inter-latin-ext.woff2"]
)
def test_any_origin_may_use_a_file_and_ask_whether_it_changed(client, path):
    first = client.get(f"/cdn/{path}")
    assert first.status_code == 200
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(f"/cdn/{path}", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_other_fonts_and_files_are_not_there(client):
    assert client.get("/cdn/inter-klingon.woff2").status_code == 404
    assert client.get("/cdn/polaris/define.js").status_code == 404


@pytest.mark.parametrize("tag", TAGS)
def test_every_tag_we_may_use_is_defined(tag):
    script = polaris_script(MODULES)
    literal = re.search(rf'"s-{tag}"', script)
    assert literal, f"<s-{tag}> is an unknown element to the stand-in"


def test_icons_have_the_names_that_attributes_use():
    icons = read_icons(MODULES)
    assert {"cart", "cart-filled", "alert-triangle", "chevron-left", "x", "menu-horizontal"} <= icons.keys()
    assert all("<path" in inner or "<" in inner for inner in icons.values())


def test_scripts_leave_nothing_but_their_purpose_behind():
    for script in (bridge_script(), polaris_script(MODULES)):
        assert script.startswith("(() => {\n")
        assert script.rstrip().endswith("})();")


def test_style_has_tokens_and_a_font_that_needs_no_second_request():
    styles = polaris_styles(MODULES)
    assert "--p-color-bg:" in styles
    assert 'url("data:font/woff2;base64,' in styles
    assert "http://" not in styles.replace("http://www.w3.org", "")
    assert "https://" not in styles


def test_missing_packages_are_named_with_the_remedy(tmp_path):
    with pytest.raises(FrontEndMissing, match="npm ci"):
        polaris_styles(tmp_path / "node_modules")
