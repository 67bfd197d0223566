"""Look at a page as people do: at three widths, again after a reload, and after going back."""

from tests.browser import DESKTOP, HEIGHTS, PHONE, TABLET, axe, picture, sideways

PATIENT_MS = 45_000  # the machine may be busy with other tests
SETTLED_MS = 400


def resize(page, width):
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    page.wait_for_timeout(SETTLED_MS)


def look(page, name, *, whole=False):
    """Hold a page to the promises every page makes, and keep its pictures; it ends at desktop width."""
    for width in (PHONE, TABLET, DESKTOP):
        resize(page, width)
        assert sideways(page) == []
        if width != TABLET:
            assert axe(page) == []
        picture(page, f"journey-{name}", whole=whole)


def comes_back(page, landmark):
    """Reload the page; then go back to where it was come from, and forward again. `landmark` is what it shows."""
    page.reload()
    landmark.wait_for()
    here = page.url
    page.go_back()
    page.wait_for_url(lambda url: url != here)
    page.go_forward()
    page.wait_for_url(here)
    landmark.wait_for()


def patient(page):
    """Give a page more time than pages of one process need."""
    page.set_default_timeout(PATIENT_MS)
    return page


def app_in(page):
    """Return the app's frame inside the shop admin."""
    return page.frame_locator("#app")
