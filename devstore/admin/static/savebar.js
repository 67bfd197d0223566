/* The bar that says something is not saved yet. It covers the top bar, so that leaving takes a decision. */

import { ask } from "./dialog.js";

const bar = document.getElementById("savebar");
const save = document.getElementById("savebar-save");
const discard = document.getElementById("savebar-discard");
const open = new Map();
let leaving = false;

const newest = () => [...open.values()].at(-1);

const draw = () => {
  const shown = newest();
  bar.hidden = !shown;
  if (!shown) return;
  save.textContent = shown.saveLabel ?? "Save";
  discard.textContent = shown.discardLabel ?? "Discard";
};

const words = (line) => Object.assign(document.createElement("p"), { textContent: line });
const confirmDiscard = () => ask("Leave out these changes?", words("What you changed here has not been saved."), "Discard changes", "Keep editing");

export const savebar = {
  show: (message, send) => {
    open.set(message.bar, { ...message, send });
    draw();
  },
  hide: (id) => {
    open.delete(id);
    draw();
  },
  forget: () => {
    open.clear();
    draw();
  },
};

export const openBar = {
  any: () => open.size > 0,
  /** Say whether the page may be left: nothing is unsaved, or the merchant lets it go. */
  mayLeave: async () => {
    if (open.size === 0) return true;
    if (!(await confirmDiscard())) return false;
    for (const [id, shown] of open) shown.send("save-bar.discard", { bar: id });
    savebar.forget();
    return true;
  },
};

/** Leave for another address without being asked again. */
export const goTo = (target) => {
  leaving = true;
  location.assign(target);
};

save.addEventListener("click", () => newest()?.send("save-bar.save", { bar: newest().bar }));
discard.addEventListener("click", async () => {
  const shown = newest();
  if (!shown || (shown.discardConfirmation && !(await confirmDiscard()))) return;
  shown.send("save-bar.discard", { bar: shown.bar });
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  if (!link || open.size === 0 || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  if (await openBar.mayLeave()) goTo(link.href);
});
window.addEventListener("beforeunload", (event) => {
  if (open.size > 0 && !leaving) event.preventDefault();
});
