/* The admin's side of the bridge to the app in the frame; ../../cdn/PROTOCOL.md says what travels. */

import { answers } from "./answers.js";
import { goTo, openBar, savebar } from "./savebar.js";
import { toasts } from "./toasts.js";

const BRIDGE = "devstore/1";
const facts = JSON.parse(document.getElementById("bridge-facts").textContent);
const frame = document.getElementById("app");
const loading = document.getElementById("loading");
const nav = document.getElementById("app-nav");
const base = `${facts.admin}/apps/${facts.handle}`;
let items = [];
let path = location.pathname.slice(base.length) || "/";

const send = (type, fields = {}) => frame.contentWindow.postMessage({ bridge: BRIDGE, type, ...fields }, facts.origin);

const reply = async (message) => {
  try {
    const value = await answers[message.type](message, facts, send);
    send("response", { id: message.id, ok: true, value });
  } catch (fault) {
    send("response", { id: message.id, ok: false, error: fault.message });
  }
};

/* The side nav under the app's name */
const mark = () => {
  const fits = (href) => path === href || path.startsWith(`${href.replace(/\/$/, "")}/`) || path.startsWith(`${href}?`);
  const current = items.filter((item) => !item.home && fits(item.href)).sort((a, b) => b.href.length - a.href.length)[0];
  nav.querySelectorAll("a").forEach((link) => {
    if (link.dataset.href === current?.href) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  });
};

const showNav = () => {
  nav.replaceChildren(...items.filter((item) => !item.home).map((item) => {
    const link = document.createElement("a");
    link.textContent = item.label;
    link.href = base + (item.href === "/" ? "" : item.href);
    link.dataset.href = item.href;
    const place = document.createElement("li");
    place.append(link);
    return place;
  }));
  mark();
};

document.querySelector(".side .app").addEventListener("click", async (event) => {
  const link = event.target.closest("a");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  if (await openBar.mayLeave()) send("navigate", { path: link.dataset.href ?? "/" });
});

/* Addresses the app wants opened: pages of this admin, of itself, or of this dev store */
const address = (url) => {
  if (url.startsWith("shopify://admin/")) return `${facts.admin}/${url.slice("shopify://admin/".length)}`;
  if (url.startsWith("shopify:admin/")) return `${facts.admin}/${url.slice("shopify:admin/".length)}`;
  if (url.startsWith("/") && !url.startsWith("//")) return base + url;
  const full = new URL(url, location.href);
  return full.origin === location.origin ? full.href : null;
};

const notices = {
  ready: () => {
    loading.hidden = true;
    savebar.forget();
    send("init", { shop: facts.shop, locale: facts.locale, host: facts.host, user: facts.user });
  },
  navigation: (message) => {
    path = message.path || "/";
    history.replaceState(null, "", base + (path === "/" ? "" : path.startsWith("/?") ? path.slice(1) : path));
    if (message.title) document.title = `${message.title} · ${facts.shopName}`;
    mark();
  },
  "app-nav": (message) => {
    items = message.items;
    showNav();
  },
  loading: (message) => { loading.hidden = !message.on; },
  "toast.show": (message) => toasts.show(message, send),
  "toast.hide": (message) => toasts.hide(message.toast),
  "save-bar.show": (message) => savebar.show(message, send),
  "save-bar.hide": (message) => savebar.hide(message.bar),
  open: async (message) => {
    const target = address(message.url);
    if (target === null) return;
    if (message.target === "_blank") window.open(target, "_blank", "noopener");
    else if (await openBar.mayLeave()) goTo(target);
  },
};

window.addEventListener("message", (event) => {
  if (event.source !== frame.contentWindow || event.origin !== facts.origin || event.data?.bridge !== BRIDGE) return;
  if (event.data.id !== undefined && Object.hasOwn(answers, event.data.type)) reply(event.data);
  else if (Object.hasOwn(notices, event.data.type)) notices[event.data.type](event.data);
});

// A new day: the app is loaded anew where it stands, as by the merchant's own reload, unless something is unsaved in it.
// This page says what a reload would open; in the frame it takes the place of the old day, so that Back skips that.
document.addEventListener("clock-moved", async () => {
  if (openBar.any()) return;
  const answer = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("app");
  if (!fresh || openBar.any()) return;
  loading.hidden = false;
  frame.contentWindow.location.replace(fresh.dataset.src);
});

// Only now may the app start to talk: what it says first is not said twice.
frame.src = frame.dataset.src;
