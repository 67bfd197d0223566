/* Presses that need more than a request: copying text, keeping a file, asking Shopify for access first. */

const say = (words, isError = false) => window.shopify?.toast?.show(words, { isError });

const copy = async (id) => {
  const text = document.getElementById(id)?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(text);
    say("Copied.");
  } catch {
    document.getElementById(id).hidden = false;
    say("This browser does not let us copy. The text is shown for you to copy.", true);
  }
};

/* The admin adds its token to a fetch, never to a plain link: so the file comes by fetch and is kept from here. */
const download = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) return say("The file could not be fetched. Try again in a moment.", true);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "data.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return undefined;
};

const withScope = async (scope, form) => {
  const { granted } = await window.shopify.scopes.query();
  if (!granted.includes(scope)) {
    const { result } = await window.shopify.scopes.request([scope]);
    if (result !== "granted-all") return say("Nothing was changed.");
  }
  document.getElementById(form).requestSubmit();
  return undefined;
};

document.addEventListener("click", (event) => {
  const pressed = event.target.closest?.("[data-copy], [data-download], [data-scope]");
  if (!pressed) return;
  const { copy: id, download: address, scope, form } = pressed.dataset;
  if (id) copy(id);
  if (address) download(address);
  if (scope) withScope(scope, form);
});
