/* What opens above the page: modal, popover, menu, tooltip, and the buttons that command them. */

define("s-modal", class extends PolarisElement {
  static observedAttributes = ["heading", "accessibilitylabel"];

  open() {
    this.layout(`
      <dialog part="dialog">
        <div part="head"><h2 part="heading"></h2><button part="close" type="button" aria-label="Close"></button></div>
        <div part="body"><slot></slot></div>
        <div part="actions"><slot name="secondary-actions"></slot><slot name="primary-action"></slot></div>
      </dialog>`);
    const { dialog, close } = this.parts;
    close.replaceChildren(shadowIcon("x"));
    close.onclick = () => this.hideOverlay();
    dialog.onclick = (event) => {
      if (event.target === dialog) this.hideOverlay();
    };
    dialog.onclose = () => {
      this.dispatchEvent(new Event("hide"));
      this.dispatchEvent(new Event("afterhide"));
    };
    this.changed();
  }

  changed() {
    const heading = this.getAttribute("heading") ?? "";
    this.parts.heading.textContent = heading;
    this.parts.dialog.setAttribute("aria-label", this.getAttribute("accessibilitylabel") ?? heading);
  }

  showOverlay() {
    if (this.parts.dialog.open) return;
    this.dispatchEvent(new Event("show"));
    this.parts.dialog.showModal();
    this.dispatchEvent(new Event("aftershow"));
  }

  hideOverlay() {
    if (this.parts.dialog.open) this.parts.dialog.close();
  }

  toggleOverlay() {
    if (this.parts.dialog.open) this.hideOverlay();
    else this.showOverlay();
  }
});

class PopoverElement extends PolarisElement {
  open() {
    const { panel } = this.layout(`<div part="panel" popover><slot></slot></div>`);
    panel.ontoggle = (event) => {
      const shown = event.newState === "open";
      this.opener?.setAttribute("aria-expanded", shown);
      this.dispatchEvent(new Event(shown ? "aftershow" : "afterhide"));
      if (shown) this.shown?.();
    };
    setOrRemove(panel, "aria-label", this.getAttribute("accessibilitylabel"));
  }

  showOverlay(opener) {
    const { panel } = this.parts;
    this.opener = opener;
    this.dispatchEvent(new Event("show"));
    panel.showPopover();
    placeBelow(panel, opener);
  }

  hideOverlay() {
    this.dispatchEvent(new Event("hide"));
    this.parts.panel.hidePopover();
  }

  toggleOverlay(opener) {
    if (this.parts.panel.matches(":popover-open")) this.hideOverlay();
    else this.showOverlay(opener);
  }
}

/* Below its opener where there is room, above it otherwise, always inside the window. */
const placeBelow = (panel, opener, gap = 4) => {
  const around = (opener ?? document.body).getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = around.bottom + gap + height <= innerHeight || around.top < height + gap;
  panel.style.setProperty("--s-top", `${below ? around.bottom + gap : around.top - height - gap}px`);
  panel.style.setProperty("--s-left", `${Math.max(8, Math.min(around.left, innerWidth - width - 8))}px`);
};

define("s-popover", class extends PopoverElement {});

define("s-menu", class extends PopoverElement {
  open() {
    super.open();
    this.parts.panel.setAttribute("role", "menu");
    this.parts.panel.onkeydown = (event) => this.walk(event);
    this.parts.panel.onclick = (event) => {
      if (event.target.closest?.("s-button")) this.parts.panel.hidePopover();
    };
  }

  get items() {
    return [...this.querySelectorAll("s-button > .s-press:not(:disabled)")];
  }

  shown() {
    for (const item of this.items) item.setAttribute("role", "menuitem");
    this.items[0]?.focus();
  }

  walk(event) {
    const items = this.items;
    const at = items.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items.at(next % items.length)?.focus();
  }
});

define("s-tooltip", class extends PolarisElement {
  open() {
    const { panel } = this.layout(`<div part="panel" popover="manual" role="tooltip"><slot></slot></div>`);
    this.panel = panel;
  }
});

const tooltipOf = (event) => {
  const host = event.target.closest?.("[interestfor]");
  const tip = host && document.getElementById(host.getAttribute("interestfor"));
  return tip?.panel ? { host, tip } : null;
};
const showTip = (event) => {
  const found = tooltipOf(event);
  if (!found || found.tip.panel.matches(":popover-open")) return;
  const inner = control(found.host) ?? found.host;
  inner.setAttribute("aria-description", found.tip.textContent.trim());
  found.tip.panel.showPopover();
  placeBelow(found.tip.panel, inner, 6);
};
const hideTip = (event) => {
  const found = tooltipOf(event);
  if (found && !(event.relatedTarget && found.host.contains(event.relatedTarget))) found.tip.panel.hidePopover();
};
document.addEventListener("mouseover", showTip);
document.addEventListener("focusin", showTip);
document.addEventListener("mouseout", hideTip);
document.addEventListener("focusout", hideTip);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const tip of document.querySelectorAll("s-tooltip")) tip.panel?.hidePopover();
});

document.addEventListener("click", (event) => {
  const host = event.target.closest?.("[commandfor]");
  const target = host && document.getElementById(host.getAttribute("commandfor"));
  if (!target || control(host)?.disabled) return;
  const command = host.getAttribute("command") ?? "--auto";
  if (command === "--copy") {
    navigator.clipboard?.writeText(target.value ?? target.textContent.trim());
  } else {
    const verb = { "--show": "showOverlay", "--hide": "hideOverlay", "--toggle": "toggleOverlay", "--auto": "toggleOverlay" }[command];
    target[verb]?.(control(host) ?? host);
  }
});
