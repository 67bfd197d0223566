/* Buttons and links keep a real <button> or <a> inside, so that forms, keys and screen readers work by themselves. */

const control = (element) => element.querySelector(":scope > .s-press");

class PressElement extends PolarisElement {
  static observedAttributes = ["href", "disabled", "loading", "icon", "accessibilitylabel", "type", "target"];

  build() {
    if (!control(this)) {
      const inner = make(this.hasAttribute("href") ? "a" : "button", { class: "s-press" });
      inner.append(...this.childNodes);
      this.append(inner);
    }
    this.changed();
  }

  changed(name) {
    const inner = control(this);
    if (!inner) return;
    if ((inner.localName === "a") !== this.hasAttribute("href")) {
      const other = make(this.hasAttribute("href") ? "a" : "button", { class: "s-press" });
      other.append(...inner.childNodes);
      inner.replaceWith(other);
      this.changed();
      return;
    }
    const off = this.hasAttribute("disabled") || this.hasAttribute("loading");
    if (inner.localName === "a") {
      setOrRemove(inner, "href", off ? null : this.getAttribute("href"));
      const target = this.getAttribute("target");
      setOrRemove(inner, "target", target && target !== "auto" ? target : null);
      setOrRemove(inner, "rel", target === "_blank" && "noopener");
      setOrRemove(inner, "download", this.getAttribute("download"));
      setOrRemove(inner, "aria-disabled", off && "true");
    } else {
      inner.type = this.getAttribute("type") ?? "button";
      inner.disabled = off;
    }
    setOrRemove(inner, "aria-label", this.getAttribute("accessibilitylabel"));
    setOrRemove(inner, "aria-busy", this.hasAttribute("loading") && "true");
    this.dress(inner, name);
  }

  dress() {}

  focus(options) {
    control(this)?.focus(options);
  }

  click() {
    control(this)?.click();
  }
}
reflect(PressElement, ["disabled", "loading"], "boolean");
reflect(PressElement, ["href", "type", "target", "icon", "command"], "string");

define("s-button", class extends PressElement {
  dress(inner) {
    inner.querySelector(":scope > .s-glyph")?.remove();
    inner.querySelector(":scope > .s-wheel")?.remove();
    const icon = this.getAttribute("icon");
    if (icon) inner.prepend(drawIcon(icon));
    if (this.hasAttribute("loading")) inner.append(make("span", { class: "s-wheel" }));
    const bare = icon && !inner.textContent.trim();
    inner.classList.toggle("s-bare", Boolean(bare));
    const opened = this.getAttribute("commandfor");
    setOrRemove(inner, "aria-haspopup", opened && document.getElementById(opened)?.localName === "s-menu" && "menu");
  }
});

define("s-press-button", class extends PressElement {
  static observedAttributes = [...PressElement.observedAttributes, "pressed"];

  dress(inner) {
    inner.setAttribute("aria-pressed", this.hasAttribute("pressed"));
  }
});

define("s-link", class extends PressElement {});

define("s-clickable", class extends PressElement {
  static observedAttributes = [...PressElement.observedAttributes, ...ORDER];

  dress() {
    applyLayout(this);
    this.removeAttribute("aria-label");
  }
});

define("s-button-group", class extends PolarisElement {
  open() {
    this.setAttribute("role", "group");
    setOrRemove(this, "aria-label", this.getAttribute("accessibilitylabel"));
  }
});
