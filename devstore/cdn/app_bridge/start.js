/* Begin: the bounce page bounces, every other page says it is ready. */

/* What the admin shows is not shown here as well. */
const unseen = new CSSStyleSheet();
unseen.replaceSync("s-app-nav, ui-nav-menu, ui-save-bar, ui-title-bar, s-app-window { display: none }");
document.adoptedStyleSheets = [...document.adoptedStyleSheets, unseen];

if (place.has("shopify-reload")) {
  bounce();
} else {
  const clean = new URL(location.href);
  if (clean.searchParams.has("id_token")) {
    /* A reload must not send a token that has long expired: without one the app answers with its bounce page. */
    clean.searchParams.delete("id_token");
    clean.searchParams.delete("hmac");
    history.replaceState(history.state, "", clean);
  }
  document.addEventListener("DOMContentLoaded", () => {
    tell("ready", { path: pathOf(location.href), title: document.title });
    announce();
    showNav();
    new MutationObserver(showNav).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
}
if (!framed) settleReady();
