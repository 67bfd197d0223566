"""The App Bridge stand-in between two origins, as PROTOCOL.md says."""

from urllib.parse import quote

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def inside(open_page, store, app_address):
    """A function that opens a path of the app inside the admin page and gives (admin page, app frame)."""

    def open_inside(path="/page/bridge", *, spoken=True):
        page = open_page()
        page.goto(f"{store}/admin?app={quote(app_address + path)}")
        if spoken:
            page.wait_for_function("() => told.some((one) => one.type === 'ready' || one.type === 'id-token')")
        return page, page.frame_locator("#app").owner.element_handle().content_frame()

    return open_inside


def told(page, kind):
    return page.evaluate("(kind) => told.filter((one) => one.type === kind)", kind)


def wait_told(page, kind, count=1):
    page.wait_for_function(
        "([kind, count]) => told.filter((one) => one.type === kind).length >= count", arg=[kind, count]
    )
    return told(page, kind)


def test_fetch_to_the_own_origin_carries_a_fresh_token_each_time(inside):
    _, frame = inside()
    tokens = frame.evaluate("""async () => {
      const ask = async (method) => (await (await fetch("/echo", { method })).json()).token;
      return [await ask("GET"), await ask("POST")];
    }""")
    assert tokens == ["Bearer token-1", "Bearer token-2"]


def test_other_origins_get_no_token(inside, store):
    page, frame = inside()
    frame.evaluate("(url) => fetch(url).then((answer) => answer.text())", f"{store}/cdn/app-bridge.js")
    assert told(page, "id-token") == []


def test_a_refused_token_is_replaced_once(inside):
    _, frame = inside()
    answer = frame.evaluate("async () => (await fetch('/stale-once')).json()")
    assert answer == {"tokens": ["Bearer token-1", "Bearer token-2"]}


def test_the_bounce_page_comes_back_with_a_token(inside):
    page, _ = inside("/bounce?shop=kiln.myshopify.com&host=aG9zdA&shopify-reload=" + quote("/echo?tab=2"))
    frame = page.frame(url="**/echo?**")
    if frame is None:
        page.wait_for_event("framenavigated", predicate=lambda one: "/echo" in one.url)
        frame = page.frame(url="**/echo?**")
    for part in ("tab=2", "id_token=token-1", "shop=kiln.myshopify.com", "embedded=1"):
        assert part in frame.url


def test_the_bounce_page_follows_no_stranger(inside, app_address):
    page, frame = inside("/bounce?shopify-reload=" + quote("https://evil.example.com/"), spoken=False)
    frame.wait_for_load_state()
    assert told(page, "id-token") == []
    assert frame.url.startswith(f"{app_address}/bounce")


def test_a_changed_form_raises_the_save_bar_and_saving_sends_it(inside):
    page, frame = inside()
    frame.get_by_label("Name").fill("after")
    bar = wait_told(page, "save-bar.show")[0]
    assert bar["discardConfirmation"] is True
    page.evaluate("(bar) => say('save-bar.save', { bar })", bar["bar"])
    frame.wait_for_url("**/echo")
    assert '"after"' in frame.locator("body").inner_text()


def test_discarding_puts_the_form_back(inside):
    page, frame = inside()
    frame.get_by_label("Name").fill("after")
    bar = wait_told(page, "save-bar.show")[0]["bar"]
    page.evaluate("(bar) => say('save-bar.discard', { bar })", bar)
    wait_told(page, "save-bar.hide")
    assert frame.get_by_label("Name").input_value() == "before"


def test_the_admin_hears_of_navigation_and_of_the_apps_links(inside):
    page, frame = inside("/page/bridge?id_token=secret&hmac=abc&tab=1")
    assert told(page, "ready")[0]["path"] == "/page/bridge?tab=1"
    assert wait_told(page, "navigation")[-1]["path"] == "/page/bridge?tab=1"
    assert wait_told(page, "app-nav")[0]["items"] == [
        {"href": "/page/bridge", "label": "Home", "home": True},
        {"href": "/page/flows", "label": "Flows", "home": False},
        {"href": "/page/reviews", "label": "Reviews", "home": False},
    ]
    frame.evaluate("() => history.pushState(null, '', '/page/flows?shop=x&step=2')")
    page.wait_for_function("() => told.some((one) => one.path === '/page/flows?step=2')")


def test_the_apps_own_handler_may_take_a_navigation(inside):
    page, frame = inside()
    frame.evaluate(
        "() => document.addEventListener('shopify:navigate', (event) => {"
        " event.preventDefault(); document.title = event.target.getAttribute('href'); })"
    )
    page.evaluate("() => say('navigate', { path: '/page/flows' })")
    frame.wait_for_function("() => document.title === '/page/flows'")


def test_toasts_scopes_user_and_picker(inside):
    page, frame = inside()
    assert frame.evaluate("""async () => {
      await shopify.ready;
      window.pressed = 0;
      window.toast = shopify.toast.show("Saved", { action: "Undo", onAction: () => { window.pressed += 1; } });
      const picked = await shopify.resourcePicker({ type: "product" });
      return [(await shopify.scopes.query()).granted, (await shopify.scopes.request(["write_products"])).result,
        (await shopify.user()).name, picked.selection[0].title, shopify.config.shop];
    }""") == [["read_orders"], "granted-all", "Maria", "Kettle", "kiln.myshopify.com"]
    shown = told(page, "toast.show")[0]
    assert (shown["message"], shown["action"], shown["isError"]) == ("Saved", "Undo", False)
    page.evaluate("(toast) => say('toast.action', { toast })", shown["toast"])
    frame.wait_for_function("() => window.pressed === 1")


def test_an_answer_of_no_is_an_error_in_words(inside):
    _, frame = inside()
    assert frame.evaluate("() => shopify.app.extensions().catch((error) => error.message)") == "Not here."


def test_messages_from_anyone_else_are_ignored(inside):
    page, frame = inside()
    frame.evaluate("""() => {
      window.caught = 0;
      document.addEventListener("shopify:navigate", (event) => { event.preventDefault(); window.caught += 1; });
      window.postMessage({ bridge: "devstore/1", type: "navigate", path: "/page/flows" }, "*");
    }""")
    page.evaluate("() => say('navigate', { path: '/page/reviews' })")
    frame.wait_for_function("() => window.caught > 0")
    assert frame.evaluate("() => window.caught") == 1
