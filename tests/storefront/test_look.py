"""The shop front in a real browser: reachable by all, as wide as the window, still while it loads."""

import pytest

from tests.browser import DESKTOP, PHONE, axe, look
from tests.serving import serving
from tests.storefront.conftest import REVIEWED, SHOP, a_review, keep_summary

pytestmark = pytest.mark.browser

SHIFTS = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum), 0)));
})"""


@pytest.fixture
def address(front):
    reviews = [
        a_review(1, title="The best pour", body="Pours where you point it.\nStays cool."),
        a_review(2, rating=3, name="Bernd", locale="de", body="Schön, aber laut."),
        a_review(3, rating=2, verified=False, name="", body="x" * 300),
    ]
    keep_summary(REVIEWED, reviews, hidden=1)
    with serving(front) as base:
        yield f"{base}/store/{SHOP}"


@pytest.mark.parametrize("path", ["/", f"/products/{REVIEWED}", "/products/clay-dripper", "/nowhere"])
def test_pages_are_accessible_and_fit(open_page, address, path):
    page = open_page()
    page.goto(address + path)
    look(page, f"storefront{path.replace('/', '-')}")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_blocks_keep_their_shape_in_a_hostile_theme(open_page, address, width):
    page = open_page(width)
    page.goto(f"{address}/products/{REVIEWED}?theme=hostile")
    assert page.evaluate(SHIFTS) < 0.01
    stars = page.get_by_role("img", name="3.3 out of 5 stars").first.bounding_box()
    assert 3 < stars["width"] / stars["height"] < 6
    badge = page.locator(".wt-verified svg").first.bounding_box()
    assert badge["width"] < 24
    block = page.locator("#wt-reviews")
    assert block.evaluate("block => block.scrollWidth <= block.clientWidth")
    assert block.evaluate("block => getComputedStyle(block.querySelector('.wt-list')).paddingLeft") == "0px"


def test_nothing_moves_while_the_product_page_loads(open_page, address):
    page = open_page(PHONE)
    page.goto(f"{address}/products/{REVIEWED}")
    assert page.evaluate(SHIFTS) < 0.01


def test_a_shopper_buys_with_the_keyboard_alone(open_page, address):
    page = open_page()
    page.goto(f"{address}/products/stoneware-mugs")
    page.get_by_label("Choose").select_option(index=1)
    page.get_by_label("Quantity").press("Enter")
    assert axe(page) == []
    page.get_by_role("button", name="Pay").press("Enter")
    assert page.get_by_label("First name").get_attribute("aria-invalid") == "true"
    assert axe(page) == []
    page.get_by_label("First name").fill("Robin")
    page.get_by_label("E-mail", exact=True).fill("robin@example.com")
    page.get_by_role("button", name="Pay").press("Enter")
    page.get_by_role("heading", name="Thank you, Robin.").wait_for()
    assert "/orders/" in page.url
    assert axe(page) == []


def test_the_stars_lead_to_the_reviews(open_page, address):
    page = open_page(PHONE)
    page.goto(f"{address}/products/{REVIEWED}")
    page.get_by_role("link", name="3 reviews").click()
    assert page.evaluate("() => document.querySelector('#wt-reviews').getBoundingClientRect().top") < 10
