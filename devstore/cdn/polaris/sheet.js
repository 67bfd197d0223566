/* Shopify's script brings its own style; so does this one, before anything is painted. */

const sheetUrl = document.currentScript?.src.replace(/\.js(\?.*)?$/, ".css");
if (sheetUrl && !document.querySelector(`link[href="${sheetUrl}"]`)) {
  document.head.append(make("link", { rel: "stylesheet", href: sheetUrl, blocking: "render" }));
}
