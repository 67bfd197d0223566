"""The Polaris stand-in in a real browser: values, names, keys, looks that hold still."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE, axe, look

pytestmark = pytest.mark.browser

SHIFTS = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum), 0)));
})"""


def posted(page):
    return json.loads(page.locator("body").inner_text())["fields"]


@pytest.mark.parametrize("name", ["home", "more"])
def test_page_is_accessible_and_fits(open_page, app_address, name):
    page = open_page()
    page.goto(f"{app_address}/page/{name}")
    look(page, f"elements-{name}")


def test_values_arrive_in_an_ordinary_form_post(open_page, app_address):
    page = open_page()
    page.goto(app_address)
    page.get_by_label("Subject").fill("Your kettle & you")
    page.get_by_label("Counted from").select_option("Order paid")
    page.get_by_role("switch", name="Skip if the customer bought").uncheck()
    page.get_by_label("Send me a copy").check()
    page.get_by_label("Also the 24 already on their way").check()
    page.get_by_role("button", name="Save step").click()
    fields = posted(page)
    assert fields["subject"] == ["Your kettle & you"]
    assert fields["delay"] == ["0"]
    assert fields["anchor"] == ["paid"]
    assert fields["note"] == ["Two lines\r\nof text"]
    assert fields["copy"] == ["yes"]
    assert fields["who"] == ["all"]
    assert "skip" not in fields


def test_enter_in_a_field_sends_the_form(open_page, app_address):
    page = open_page()
    page.goto(app_address)
    page.get_by_label("Reply to").press("Enter")
    assert posted(page)["reply"] == ["hello@example.com"]


def test_an_error_is_tied_to_its_field(open_page, app_address):
    page = open_page()
    page.goto(app_address)
    field = page.get_by_role("spinbutton", name="Wait")
    assert field.get_attribute("aria-invalid") == "true"
    described = field.get_attribute("aria-describedby")
    assert page.locator(f"#{described}").inner_text() == "Delay must be 1 to 90 days. You entered 0."


def test_attribute_text_is_never_markup(open_page, app_address):
    page = open_page()
    page.goto(app_address)
    assert page.get_by_label("Subject").input_value() == "Your kettle arrived & <b>works</b>"
    page.evaluate("""() => {
      for (const tag of ["page", "section", "banner", "text-field", "checkbox", "choice-list", "modal"]) {
        const element = document.createElement(`s-${tag}`);
        for (const name of ["heading", "subheading", "label", "details", "error", "value", "placeholder"])
          element.setAttribute(name, '<img src=x onerror="window.broken=1">');
        document.body.append(element);
      }
    }""")
    assert page.evaluate("() => document.querySelectorAll('img[src=x]').length + (window.broken ?? 0)") == 0


def test_properties_read_and_write_like_the_real_elements(open_page, app_address):
    page = open_page()
    page.goto(app_address)
    assert page.evaluate("""() => {
      const field = document.querySelector("s-text-field[name=subject]");
      field.value = "By script";
      const tick = document.querySelector("s-switch");
      tick.checked = false;
      const button = document.querySelector("s-button[type=submit]");
      button.disabled = true;
      const data = new FormData(field.form);
      return [field.value, data.get("subject"), data.has("skip"), button.querySelector("button").disabled, field.name];
    }""") == ["By script", "By script", False, True, "subject"]


def test_menu_opens_by_key_walks_and_closes(open_page, app_address):
    page = open_page()
    page.goto(app_address)
    page.get_by_role("button", name="More actions").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Duplicate")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Remove")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menuitem", name="Duplicate")).to_be_hidden()


def test_modal_takes_the_focus_and_gives_it_back(open_page, app_address):
    page = open_page()
    page.goto(app_address)
    page.get_by_role("button", name="Start flow").click()
    dialog = page.get_by_role("dialog", name="Start the flow")
    assert dialog.is_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Not now").click()
    assert dialog.is_hidden()
    assert page.evaluate("() => document.activeElement.textContent.trim()") == "Start flow"


def test_a_row_passes_its_click_on(open_page, app_address):
    page = open_page()
    page.goto(app_address)
    page.get_by_role("cell", name="at once").click()
    assert page.url.endswith("#m1")


def test_table_becomes_labelled_cards_on_a_phone(open_page, app_address):
    page = open_page(PHONE)
    page.goto(app_address)
    cell = page.get_by_role("cell", name="412")
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Sent"'


def test_htmx_swaps_in_working_fields(open_page, app_address):
    page = open_page()
    page.goto(f"{app_address}/swapped")
    page.get_by_role("button", name="Swap").click()
    page.get_by_label("Name").fill("Bernd")
    page.get_by_role("radiogroup", name="Who").get_by_label("All").check()
    page.get_by_role("button", name="Send").click()
    assert posted(page) == {"name": ["Bernd"], "unit": ["b"], "who": ["all"]}


def test_nothing_moves_while_the_page_arrives_in_pieces(open_page, app_address):
    page = open_page()
    page.goto(f"{app_address}/streamed")
    assert page.evaluate(SHIFTS) < 0.01
    assert page.get_by_role("cell", name="Win back").is_visible()


def test_help_opens_beside_what_it_explains(open_page, app_address):
    page = open_page(PHONE)
    page.goto(f"{app_address}/page/more")
    page.get_by_role("button", name="Edit").hover()
    assert page.get_by_text("Edit this step").is_visible()
    page.get_by_role("button", name="Open", exact=True).click()
    panel = page.get_by_text("Emi's return is open.").bounding_box()
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= PHONE


def test_words_are_there_before_and_without_the_script(open_page, app_address, store):
    page = open_page(java_script_enabled=False)
    html = page.request.get(app_address).text()
    page.set_content(html.replace("</head>", f'<link rel="stylesheet" href="{store}/cdn/polaris.css"></head>'))
    title = page.locator("s-page").evaluate("page => getComputedStyle(page, '::before').content")
    assert title == '"After the parcel"'
    assert page.locator("s-modal").is_hidden()
