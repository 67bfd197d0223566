/* Inside the Shopify admin: its navigation without reloads, and answers that are no page said in words. */

const page = { target: "#page", select: "#page", swap: "outerHTML show:top showTarget:body" };

const mayLeave = async () => {
  try {
    await window.shopify?.saveBar?.leaveConfirmation();
    return true;
  } catch {
    return false;
  }
};

/* The admin's own side nav. */
document.addEventListener("shopify:navigate", async (event) => {
  const path = event.target.getAttribute?.("href") ?? event.detail?.path;
  if (!path) return;
  event.preventDefault();
  if (await mayLeave()) htmx.ajax("GET", path, { ...page, push: "true" });
});

/* Links inside the page that leave it ask first while something is unsaved. */
document.addEventListener("htmx:confirm", async (event) => {
  if (event.detail.ctx.confirm !== "leave") return;
  event.preventDefault();
  if (await mayLeave()) event.detail.issueRequest();
  else event.detail.dropRequest();
});

/* An answer that is no part of this page is told, not shown in its place; 422 is the form again, with its errors. */
document.addEventListener("htmx:before:response", (event) => {
  const response = event.detail.ctx.response.raw;
  if (response.status < 400 || response.status === 422) return;
  event.preventDefault();
  response.clone().text().then((text) => {
    const words = new DOMParser().parseFromString(text, "text/html").title;
    window.shopify?.toast?.show(words || "That did not work. Try again in a moment; nothing was lost.", { isError: true });
  });
});

/* Addresses kept in the history name the shop: after a reload, Back loads them anew, and the way to a fresh token must
   know whose admin it stands in. The admin leaves these out of the address it shows. */
document.addEventListener("htmx:before:history:update", (event) => {
  const { history } = event.detail;
  const { shop, host } = window.shopify?.config ?? {};
  const kept = new URL(history.path, location.href);
  for (const [name, value] of Object.entries({ shop, host })) if (value) kept.searchParams.set(name, value);
  history.path = kept.pathname + kept.search + kept.hash;
});
