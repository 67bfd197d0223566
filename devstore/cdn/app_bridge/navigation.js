/* The address outside follows the page inside; the admin's side nav shows the app's own links. */

const OURS = ["embedded", "host", "id_token", "shop", "locale", "timestamp", "hmac", "session", "shopify-reload"];

const pathOf = (url) => {
  const clean = new URL(url, location.href);
  for (const name of OURS) clean.searchParams.delete(name);
  return clean.pathname + clean.search + clean.hash;
};

const announce = () => tell("navigation", { path: pathOf(location.href), title: document.title });

for (const name of ["pushState", "replaceState"]) {
  const original = history[name].bind(history);
  history[name] = (...given) => {
    original(...given);
    announce();
  };
}
window.addEventListener("popstate", announce);
window.addEventListener("hashchange", announce);

const navLinks = () => [...document.querySelectorAll("s-app-nav > :is(a, s-link), ui-nav-menu > a")];
let shownNav = "";
const showNav = () => {
  const items = navLinks().map((link) => ({
    href: pathOf(link.getAttribute("href") ?? "/"), label: link.textContent.trim(), home: link.getAttribute("rel") === "home",
  }));
  const now = JSON.stringify(items);
  if (now === shownNav || items.length === 0) return;
  shownNav = now;
  tell("app-nav", { items });
};

listeners.navigate = ({ path }) => {
  const link = navLinks().find((candidate) => pathOf(candidate.getAttribute("href") ?? "/") === path);
  const event = new CustomEvent("shopify:navigate", { bubbles: true, cancelable: true, detail: { path } });
  const free = (link ?? document).dispatchEvent(event);
  if (free) location.assign(path);
};

/* Links that leave the frame are the admin's to open. */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!framed || !link || event.defaultPrevented) return;
  const href = link.getAttribute("href");
  const target = link.target || "_self";
  if (href.startsWith("shopify:") || target === "_top" || target === "_parent") {
    event.preventDefault();
    tell("open", { url: href, target: target === "_blank" ? "_blank" : "_top" });
  }
});
