/* window.shopify: the calls an app makes, each a question to the admin. */

const place = new URLSearchParams(location.search);
const meta = document.querySelector('meta[name="shopify-api-key"]');

let settleReady;
const shopify = {
  config: {
    apiKey: script.dataset.apiKey ?? meta?.content ?? "",
    shop: place.get("shop") ?? "",
    host: place.get("host") ?? "",
    locale: place.get("locale") ?? "en",
    appOrigins: [],
  },
  origin: adminOrigin,
  ready: new Promise((resolve) => (settleReady = resolve)),
  environment: { embedded: framed, mobile: false, pos: false, intent: false },
  idToken: async () => (await ask("id-token")).token,
  user: () => ask("user"),
  loading: (on = true) => tell("loading", { on: Boolean(on) }),
  scopes: {
    query: () => ask("scopes.query"),
    request: (scopes) => ask("scopes.request", { scopes: [...scopes] }, 0),
    revoke: (scopes) => ask("scopes.revoke", { scopes: [...scopes] }),
  },
  resourcePicker: async (options) => {
    const chosen = await ask("resource-picker", { options: JSON.parse(JSON.stringify(options)) }, 0);
    if (!chosen) return undefined;
    chosen.selection = chosen;
    return chosen;
  },
  app: { extensions: () => ask("extensions") },
  modal: {
    show: async (id) => document.getElementById(id)?.showOverlay?.(),
    hide: async (id) => document.getElementById(id)?.hideOverlay?.(),
    toggle: async (id) => document.getElementById(id)?.toggleOverlay?.(),
  },
};
window.shopify = shopify;

listeners.init = ({ shop, locale, host }) => {
  Object.assign(shopify.config, { shop: shop ?? shopify.config.shop, locale: locale ?? "en", host: host ?? shopify.config.host });
  settleReady();
};
