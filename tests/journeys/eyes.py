"""Look at a page as people do: at three widths, again after a reload, and after going back."""

from tests import browser

PATIENT_MS = 45_000  # the machine may be busy with other tests


def look(page, name, *, whole=False):
    """Look at a page of the journey at all widths; it ends at desktop width."""
    browser.look(page, f"journey-{name}", whole=whole)


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
