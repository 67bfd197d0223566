"""The theme blocks' settings: what theme-check does not look at in an app extension, and the platform's limits."""

import copy
import json
import re

import pytest
from jsonschema import Draft7Validator

from tests.oracles import node

pytestmark = pytest.mark.oracle

THEME = node.ROOT / "extension" / "theme"
SETTING = node.MODULES / "@shopify" / "theme-check-docs-updater" / "data" / "setting.json"

KEYS = {
    "name",
    "target",
    "javascript",
    "stylesheet",
    "enabled_on",
    "disabled_on",
    "class",
    "tag",
    "settings",
    "default",
    "available_if",
}
TARGETS = {"section", "head", "compliance_head", "body"}
FOLDERS = {"assets", "blocks", "snippets", "locales"}

# The platform's limits: name, blocks, bytes of Liquid in all, bytes of one locale file, bytes of one script or sheet.
NAME_CHARS, BLOCKS, LIQUID_BYTES, LOCALE_BYTES = 24, 30, 100_000, 15_000
ASSET_BYTES = {".js": 10_000, ".css": 100_000}

SCHEMA = re.compile(r"{%-?\s*schema\s*-?%}(.*?){%-?\s*endschema\s*-?%}", re.DOTALL)

BLOCKS_HERE = sorted(path.name for path in (THEME / "blocks").glob("*.liquid"))


def schema_of(name):
    (found,) = SCHEMA.findall((THEME / "blocks" / name).read_text())
    return json.loads(found)


def words(locale_file):
    return json.loads((THEME / "locales" / locale_file).read_text())


def look_up(strings, key):
    for part in key.split("."):
        strings = strings.get(part) if isinstance(strings, dict) else None
    return strings


def faults(schema):
    """Return what is wrong with one block's schema."""
    found = [f"unknown key {key}" for key in schema.keys() - KEYS]
    if schema.get("target") not in TARGETS:
        found.append(f"unknown target {schema.get('target')!r}")
    strings = words("en.default.schema.json")
    name = schema.get("name", "")
    shown = look_up(strings, name.removeprefix("t:")) if name.startswith("t:") else name
    if not shown or len(shown) > NAME_CHARS or "welltimed" in shown.lower():
        found.append(f"name {shown!r} is missing, too long or says the app's name")
    validator = Draft7Validator(json.loads(SETTING.read_text()))
    settings = schema.get("settings", [])
    for setting in settings:
        # The published schema lacks `autofill`, which app blocks may set on a product or collection.
        known = {key: value for key, value in setting.items() if key != "autofill" or setting["type"] != "product"}
        found += [f"{setting.get('id')}: {error.message}" for error in validator.iter_errors(known)]
        if setting.get("type") in {"select", "radio"} and not setting.get("options"):
            found.append(f"{setting['id']}: no options")
        for key in ("label", "info"):
            text = setting.get(key, "")
            if text.startswith("t:") and not look_up(strings, text.removeprefix("t:")):
                found.append(f"{setting['id']}: no words for {text}")
    ids = [setting["id"] for setting in settings if "id" in setting]
    found += [f"{one}: stands twice" for one in set(ids) if ids.count(one) > 1]
    for key, suffix in (("stylesheet", ".css"), ("javascript", ".js")):
        asset = schema.get(key)
        if asset and not (asset.endswith(suffix) and (THEME / "assets" / asset).is_file()):
            found.append(f"{key} {asset} is no file in assets")
    return found


@pytest.mark.parametrize("name", BLOCKS_HERE)
def test_a_blocks_schema_is_what_the_editor_understands(name):
    assert faults(schema_of(name)) == []


@pytest.mark.parametrize(
    "planted",
    [
        {"target": "footer"},
        {"name": "A name that is far too long"},
        {"name": "Welltimed stars"},
        {"name": "t:nowhere.name"},
        {"presets": []},
        {"stylesheet": "nowhere.css"},
        {"settings": [{"type": "nope", "id": "x", "label": "X"}]},
        {"settings": [{"type": "select", "id": "x", "label": "X"}]},
        {"settings": [{"type": "range", "id": "x", "label": "X"}]},
        {"settings": [{"type": "text", "id": "x", "label": "X"}, {"type": "text", "id": "x", "label": "X"}]},
        {"settings": [{"type": "text", "id": "x", "label": "t:nowhere"}]},
    ],
    ids=str,
)
def test_a_planted_fault_is_found(planted):
    assert faults(copy.deepcopy(schema_of(BLOCKS_HERE[0])) | planted)


def test_the_extension_keeps_the_platforms_limits():
    liquid = [*THEME.glob("blocks/*.liquid"), *THEME.glob("snippets/*.liquid")]
    assert 0 < len(BLOCKS_HERE) <= BLOCKS
    assert sum(path.stat().st_size for path in liquid) <= LIQUID_BYTES
    assert [path.name for path in THEME.glob("locales/*") if path.stat().st_size > LOCALE_BYTES] == []
    assets = [(path, ASSET_BYTES.get(path.suffix, 10**6)) for path in THEME.glob("assets/*")]
    assert [path.name for path, most in assets if path.stat().st_size > most] == []
    assert {path.name for path in THEME.iterdir() if path.is_dir()} <= FOLDERS


def test_every_language_says_the_same_things():
    def leaves(strings, path=""):
        for key, value in strings.items():
            if isinstance(value, dict):
                yield from leaves(value, f"{path}{key}.")
            else:
                yield path + key

    for kind in ("json", "schema.json"):
        default = set(leaves(words(f"en.default.{kind}")))
        for path in THEME.glob(f"locales/*.{kind}"):
            if path.name.count(".") == kind.count(".") + 1:
                assert set(leaves(words(path.name))) == default, path.name
