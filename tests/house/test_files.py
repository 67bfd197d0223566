"""The house's habits: short files, no hidden HTML, no roles changed in passing, no addresses of machines."""

import json
import re
from pathlib import Path

import pytest

from tests.house.places import ROOT, files, text

MOST_LINES = 300

# Templates that may print HTML as it is: (file, the expression), each with the reason why nobody's words are in it.
RENDERED_LIQUID = "a theme block's own Liquid escapes what shoppers wrote; escaping it again would show its tags"
PRODUCT_PAGE = "devstore/storefront/templates/storefront/product.html"
SAFE_ALLOWED: dict[tuple[str, str], str] = {
    (PRODUCT_PAGE, "{{ blocks['star-rating']|safe }}"): RENDERED_LIQUID,
    (PRODUCT_PAGE, "{{ blocks['product-reviews']|safe }}"): RENDERED_LIQUID,
}

# The one place that may change the database role inside the app, if any does.
ROLE_CHANGES_ALLOWED: frozenset[str] = frozenset()

SAFE = re.compile(r"{{[^}]*\|\s*safe\b[^}]*}}|{%\s*autoescape\s+false\s*%}")
ROLE = re.compile(r"\b(?:re)?set\s+(?:local\s+|session\s+)?role\b", re.IGNORECASE)
# Anybody's home, this one's first, and where this clone lies; a clone right below the root has too common a name.
PLACES = [Path.home(), *([ROOT] if len(ROOT.parts) > 2 else [])]
MACHINE = re.compile("|".join([r"(?<![\w.])/(?:home|Users)/[a-z]\w*/", *(re.escape(f"{place}/") for place in PLACES)]))
VAGUE = {"utils", "util", "helpers", "helper", "services", "service", "managers", "manager", "misc", "common"}
# The words themselves stand here to be looked for, and nowhere else.
UNDONE = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")

OWN = (".py", ".html", ".css", ".js", ".mjs", ".liquid", ".graphql", ".sh", ".mjml")


def too_long(lines):
    return len(lines) > MOST_LINES


def test_no_file_is_longer_than_a_sitting():
    generated = ("devstore/schema.graphql",)  # a subset of Shopify's own schema, in one file as Shopify's is
    counts = {name: text(name).splitlines() for name in files(*OWN) if name not in generated}
    found = [f"{name}: {len(lines)}" for name, lines in counts.items() if too_long(lines)]
    assert "\n".join(found) == ""


def test_no_file_is_named_for_nothing():
    parts = {part for name in files(".py") for part in name.removesuffix(".py").split("/")}
    assert parts & VAGUE == set()


def test_templates_escape_what_people_wrote():
    found = [(name, match[0]) for name in files(".html", ".jinja") for match in SAFE.finditer(text(name))]
    assert [one for one in found if one not in SAFE_ALLOWED] == []
    assert [one for one in SAFE_ALLOWED if one not in found] == []


def test_python_marks_no_markup_as_safe_in_passing():
    found = [name for name in files(".py") if name.startswith("app/") and re.search(r"\bMarkup\(", text(name))]
    assert [name for name in found if "# every value in it is escaped" not in text(name)] == []


def test_the_app_does_not_change_its_database_role_in_passing():
    found = {name for name in files(".py", ".sql") if name.startswith("app/") and ROLE.search(text(name))}
    assert found <= ROLE_CHANGES_ALLOWED


@pytest.mark.parametrize("planted", ["SET ROLE postgres", "reset role", "set local role welltimed_system"])
def test_a_planted_role_change_is_found(planted):
    assert ROLE.search(planted)


@pytest.mark.parametrize("planted", ["{{ review.body|safe }}", "{{ x | upper | safe }}", "{% autoescape false %}"])
def test_planted_unescaped_markup_is_found(planted):
    assert SAFE.search(planted)


def test_lock_files_name_no_registry():
    locks = files("package-lock.json")
    assert locks
    for name in locks:
        packages = json.loads(text(name))["packages"]
        assert [path for path, package in packages.items() if "resolved" in package] == [], name
    for name in requirements():
        assert not re.search(r"https?://|--index-url|--find-links|--extra-index", text(name)), name


def test_nothing_names_a_machine():
    this = "tests/house/test_files.py"
    assert [name for name in files() if name != this and MACHINE.search(text(name))] == []


@pytest.mark.parametrize("planted", [Path.home() / ".cache", "see /home/ann/welltimed/app", "/Users/ann/welltimed"])
def test_a_planted_machine_is_found(planted):
    assert MACHINE.search(str(planted))


def test_nothing_is_left_for_later():
    this = "tests/house/test_files.py"
    own = [name for name in files(".py", ".html", ".js", ".mjs", ".liquid", ".toml") if name != this]
    assert [name for name in own if UNDONE.search(text(name))] == []


def requirements():
    found = [name for name in files(".txt") if name.startswith("requirements")]
    assert len(found) == 5
    return found


def test_python_requirements_are_pinned_and_say_why():
    for name in requirements():
        for line in text(name).splitlines():
            if line and not line.startswith(("#", "-r ")):
                assert re.fullmatch(r"[A-Za-z0-9._-]+(?:\[[a-z,]+\])?==\S+\s+# .+", line), f"{name}: {line}"
