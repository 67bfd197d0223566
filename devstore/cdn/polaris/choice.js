/* Checkbox, switch and choice list: native boxes in the light DOM with a drawn face. */

class TickElement extends PolarisElement {
  static observedAttributes = ["label", "checked", "disabled", "error", "details", "value", "name", "required",
    "accessibilitylabel", "labelaccessibilityvisibility", "indeterminate"];

  get control() {
    return this.querySelector(":scope > .s-tick > .s-input");
  }

  build() {
    if (!this.control) {
      const id = newId(this.localName);
      const native = make("input", { type: "checkbox", id, class: "s-input", role: this.localName === "s-switch" ? "switch" : null });
      this.prepend(
        make("label", { class: "s-tick", for: id }, native, make("span", { class: "s-label" })),
        make("span", { class: "s-error", id: `${id}-error` }), make("span", { class: "s-details", id: `${id}-details` }),
      );
      native.defaultChecked = this.hasAttribute("checked");
    }
    this.changed();
  }

  changed(name) {
    const native = this.control;
    if (!native) return;
    if (name === "checked") native.checked = this.hasAttribute("checked");
    native.value = this.getAttribute("value") ?? "on";
    native.indeterminate = this.hasAttribute("indeterminate");
    native.disabled = this.hasAttribute("disabled");
    setOrRemove(native, "name", this.getAttribute("name"));
    setOrRemove(native, "aria-label", this.getAttribute("accessibilitylabel"));
    setOrRemove(native, "aria-required", this.hasAttribute("required") && "true");
    const label = this.querySelector(":scope > .s-tick > .s-label");
    label.textContent = this.getAttribute("label") ?? "";
    label.classList.toggle("s-unseen", this.getAttribute("labelaccessibilityvisibility") === "exclusive");
    describe(this, native);
  }

  get checked() {
    return this.control ? this.control.checked : this.hasAttribute("checked");
  }

  set checked(on) {
    if (this.control) this.control.checked = Boolean(on);
    else setOrRemove(this, "checked", Boolean(on));
  }

  focus(options) {
    this.control?.focus(options);
  }
}
reflect(TickElement, ["disabled", "required"], "boolean");
reflect(TickElement, ["name", "value", "label", "error", "details"], "string");

define("s-checkbox", class extends TickElement {});
define("s-switch", class extends TickElement {});

define("s-choice", class extends PolarisElement {
  become(type, name, disabled) {
    let native = this.querySelector(":scope > .s-tick > .s-input");
    if (!native) {
      const id = newId("s-choice");
      native = make("input", { id, class: "s-input" });
      const label = make("span", { class: "s-label" });
      label.append(...[...this.childNodes].filter((node) => !node.slot));
      this.prepend(make("label", { class: "s-tick", for: id }, native, label));
      const details = this.querySelector(":scope > [slot=details]");
      if (details) {
        details.id ||= `${id}-details`;
        native.setAttribute("aria-describedby", details.id);
      }
      native.defaultChecked = this.hasAttribute("selected");
    }
    native.type = type;
    native.name = name;
    native.value = this.getAttribute("value") ?? "";
    native.disabled = disabled || this.hasAttribute("disabled");
    setOrRemove(native, "aria-label", this.getAttribute("accessibilitylabel"));
  }
});

define("s-choice-list", class extends PolarisElement {
  static observedAttributes = ["label", "error", "details", "disabled", "labelaccessibilityvisibility"];

  build() {
    if (!this.querySelector(":scope > .s-legend")) {
      const id = newId("s-choice-list");
      this.prepend(make("span", { class: "s-legend s-label", id }));
      this.append(make("span", { class: "s-error", id: `${id}-error` }), make("span", { class: "s-details", id: `${id}-details` }));
      this.setAttribute("aria-labelledby", id);
    }
    const many = this.hasAttribute("multiple");
    this.setAttribute("role", many ? "group" : "radiogroup");
    const name = this.getAttribute("name") || this.dataset.group || (this.dataset.group = newId("choice"));
    customElements.upgrade(this); // in a swapped-in page the list comes to life before its choices do
    for (const choice of this.querySelectorAll("s-choice")) choice.become(many ? "checkbox" : "radio", name, this.hasAttribute("disabled"));
    this.changed();
  }

  changed() {
    const legend = this.querySelector(":scope > .s-legend");
    if (!legend) return;
    legend.textContent = this.getAttribute("label") ?? "";
    legend.hidden = !this.getAttribute("label");
    legend.classList.toggle("s-unseen", this.getAttribute("labelaccessibilityvisibility") === "exclusive");
    describe(this, this);
  }

  get values() {
    return [...this.querySelectorAll(".s-input:checked")].map((native) => native.value);
  }

  set values(wanted) {
    for (const native of this.querySelectorAll(".s-input")) native.checked = wanted.includes(native.value);
  }
});
