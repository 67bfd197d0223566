/* Banner, badge, spinner, progress: what the app tells the merchant. */

const TONE_ICON = { success: "check-circle", warning: "alert-triangle", critical: "alert-diamond", info: "info" };

/* Inside a shadow root the page's sheet does not reach the drawing itself, so it carries its own size. */
const shadowIcon = (name) => {
  const svg = drawIcon(name).firstElementChild;
  svg.style.cssText = "display:block;width:20px;height:20px;fill:currentColor";
  return svg;
};

define("s-banner", class extends PolarisElement {
  static observedAttributes = ["heading", "tone", "dismissible", "hidden"];

  open() {
    this.layout(`
      <div part="head">
        <span part="icon"></span><div part="heading"></div>
        <button part="dismiss" type="button" aria-label="Dismiss"></button>
      </div>
      <div part="body"><slot></slot><div part="actions"><slot name="secondary-actions"></slot></div></div>`);
    this.parts.dismiss.onclick = () => {
      this.hidden = true;
      this.dispatchEvent(new Event("dismiss"));
      this.dispatchEvent(new Event("afterhide"));
    };
    this.shadowRoot.querySelector("slot:not([name])").onslotchange = () => this.build();
    this.changed();
  }

  build() {
    this.toggleAttribute("data-bare", this.children.length === 0 && !this.textContent.trim());
  }

  changed() {
    const tone = this.getAttribute("tone") ?? "info";
    this.setAttribute("role", tone === "critical" ? "alert" : "status");
    this.parts.heading.textContent = this.getAttribute("heading") ?? "";
    this.parts.icon.replaceChildren(shadowIcon(TONE_ICON[tone] ?? "info"));
    this.parts.dismiss.replaceChildren(shadowIcon("x"));
    this.parts.dismiss.hidden = !this.hasAttribute("dismissible");
  }
});

define("s-badge", class extends PolarisElement {
  static observedAttributes = ["icon"];

  build() {
    this.querySelector(":scope > .s-glyph")?.remove();
    const icon = this.getAttribute("icon");
    if (icon) this.prepend(drawIcon(icon));
  }

  changed() {
    this.build();
  }
});

define("s-spinner", class extends PolarisElement {
  open() {
    this.setAttribute("role", "status");
    this.setAttribute("aria-label", this.getAttribute("accessibilitylabel") ?? "Loading");
  }
});

define("s-progress", class extends PolarisElement {
  static observedAttributes = ["value", "max", "accessibilitylabel"];

  open() {
    const max = Number(this.getAttribute("max") ?? 1) || 1;
    const value = Math.min(Math.max(Number(this.getAttribute("value") ?? 0), 0), max);
    this.setAttribute("role", "progressbar");
    this.setAttribute("aria-valuemin", 0);
    this.setAttribute("aria-valuemax", max);
    this.setAttribute("aria-valuenow", value);
    this.setAttribute("aria-label", this.getAttribute("accessibilitylabel") ?? "Progress");
    this.style.setProperty("--s-share", `${(value / max) * 100}%`);
  }

  changed() {
    this.open();
  }
});
