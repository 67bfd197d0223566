/* The contextual save bar: for <form data-save-bar> by itself, for <ui-save-bar id> by call. */

const bars = new Map();
let lastBar = 0;

const showBar = (bar, fields = {}) => tell("save-bar.show", { bar, discardConfirmation: false, ...fields });
const hideBar = (bar) => {
  if (bars.delete(bar)) tell("save-bar.hide", { bar });
};

const barOfForm = (form) => form.dataset.bridgeBar || (form.dataset.bridgeBar = `form-${(lastBar += 1)}`);

const formChanged = (event) => {
  const form = event.target.form ?? event.target.closest?.("form");
  if (!form?.hasAttribute("data-save-bar")) return;
  const bar = barOfForm(form);
  if (bars.has(bar)) return;
  bars.set(bar, { save: () => form.requestSubmit(), discard: () => form.reset() });
  showBar(bar, { discardConfirmation: form.hasAttribute("data-discard-confirmation") });
};
document.addEventListener("input", formChanged);
document.addEventListener("change", formChanged);
for (const name of ["submit", "reset"]) {
  document.addEventListener(name, (event) => {
    if (event.target.dataset?.bridgeBar) hideBar(event.target.dataset.bridgeBar);
  });
}

/* A swap that takes a changed form away takes its bar along. */
new MutationObserver(() => {
  for (const bar of bars.keys()) {
    if (bar.startsWith("form-") && !document.querySelector(`form[data-bridge-bar="${bar}"]`)) hideBar(bar);
  }
}).observe(document, { childList: true, subtree: true });

const elementBar = (id) => {
  const element = document.getElementById(id);
  const buttons = [...(element?.querySelectorAll("button") ?? [])];
  const save = buttons.find((button) => button.getAttribute("variant") === "primary");
  const discard = buttons.find((button) => button !== save);
  return { save: () => save?.click(), discard: () => discard?.click(), element };
};

shopify.saveBar = {
  async show(id) {
    const bar = elementBar(id);
    bars.set(id, bar);
    showBar(id, { discardConfirmation: Boolean(bar.element?.hasAttribute("discardConfirmation")) });
  },
  async hide(id) {
    hideBar(id);
  },
  async toggle(id) {
    await (bars.has(id) ? shopify.saveBar.hide(id) : shopify.saveBar.show(id));
  },
  async leaveConfirmation() {
    if (bars.size > 0 && !(await ask("save-bar.leave", {}, 0))) throw new Error("The merchant stays on this page.");
  },
};

listeners["save-bar.save"] = ({ bar }) => bars.get(bar)?.save();
listeners["save-bar.discard"] = ({ bar }) => {
  bars.get(bar)?.discard();
  hideBar(bar);
};
