/* Fields: a label, a native control in the light DOM and a line of help or error, so that a plain form post carries them. */

const FIELD_ATTRIBUTES = [
  "label", "value", "error", "details", "disabled", "required", "readonly", "placeholder", "name", "min", "max", "step",
  "maxlength", "minlength", "autocomplete", "rows", "inputmode", "prefix", "suffix", "icon", "labelaccessibilityvisibility",
];
const PASSED = ["name", "placeholder", "min", "max", "step", "maxlength", "minlength", "autocomplete", "rows", "inputmode"];

class FieldElement extends PolarisElement {
  static observedAttributes = FIELD_ATTRIBUTES;

  get control() {
    return this.querySelector(":scope > .s-frame .s-input");
  }

  build() {
    if (!this.control) {
      const id = newId(this.localName);
      const native = this.native();
      native.id = id;
      native.classList.add("s-input");
      const box = make("span", { class: "s-frame" }, make("span", { class: "s-prefix" }), native, make("span", { class: "s-suffix" }));
      for (const child of this.querySelectorAll(":scope > [slot=accessory]")) box.append(child);
      this.prepend(make("label", { class: "s-label", for: id }), box, this.help("error", id), this.help("details", id));
      // The real element never lets the browser stop a form: the app answers with its own words.
      if (native.form) native.form.noValidate = true;
      this.put(this.getAttribute("value") ?? "");
    }
    this.changed();
  }

  help(kind, id) {
    return make("span", { class: `s-${kind}`, id: `${id}-${kind}` });
  }

  put(text) {
    this.control.value = text;
    this.control.defaultValue = text;
  }

  changed(name) {
    const native = this.control;
    if (!native) return;
    if (name === "value") this.put(this.getAttribute("value") ?? "");
    const label = this.querySelector(":scope > .s-label");
    label.textContent = this.getAttribute("label") ?? "";
    label.classList.toggle("s-unseen", this.getAttribute("labelaccessibilityvisibility") === "exclusive");
    label.hidden = !this.getAttribute("label");
    for (const passed of PASSED) setOrRemove(native, passed, this.getAttribute(passed));
    native.disabled = this.hasAttribute("disabled");
    native.readOnly = this.hasAttribute("readonly");
    setOrRemove(native, "aria-required", this.hasAttribute("required") && "true");
    this.fill(".s-prefix", this.getAttribute("prefix"), this.getAttribute("icon"));
    this.fill(".s-suffix", this.getAttribute("suffix"));
    describe(this, native);
  }

  fill(selector, text, icon) {
    const place = this.querySelector(`:scope > .s-frame > ${selector}`);
    if (!place) return;
    place.replaceChildren(...[icon && drawIcon(icon), text].filter(Boolean));
    place.hidden = !text && !icon;
  }

  get value() {
    return this.control ? this.control.value : this.getAttribute("value") ?? "";
  }

  set value(text) {
    if (this.control) this.control.value = text ?? "";
    else this.setAttribute("value", text ?? "");
  }

  get form() {
    return this.closest("form");
  }

  focus(options) {
    this.control?.focus(options);
  }
}
reflect(FieldElement, ["disabled", "required", "readonly"], "boolean");
reflect(FieldElement, ["name", "label", "error", "details", "placeholder"], "string");

/* Ties error and details (attributes, or children in those slots) to the control that they speak of. */
const describe = (element, native) => {
  const ids = [];
  for (const kind of ["error", "details"]) {
    const line = element.querySelector(`:scope > .s-${kind}`);
    const text = element.getAttribute(kind);
    if (text !== null && text !== "") {
      line.replaceChildren(...(kind === "error" ? [drawIcon("alert-circle"), make("span", {}, text)] : [text]));
    } else {
      line.replaceChildren();
      for (const child of element.querySelectorAll(`:scope > [slot=${kind}]`)) line.append(child);
    }
    line.hidden = !line.textContent.trim();
    if (!line.hidden) ids.push(line.id);
  }
  const wrong = !element.querySelector(":scope > .s-error").hidden;
  setOrRemove(native, "aria-invalid", wrong && "true");
  setOrRemove(native, "aria-describedby", ids.length > 0 && ids.join(" "));
};

const inputOf = (type) => class extends FieldElement {
  native() {
    return make("input", { type });
  }
};
for (const [tag, type] of [
  ["s-text-field", "text"], ["s-email-field", "email"], ["s-url-field", "url"], ["s-date-field", "date"],
  ["s-password-field", "password"], ["s-number-field", "number"], ["s-money-field", "number"],
]) define(tag, inputOf(type));

define("s-search-field", class extends inputOf("search") {
  fill(selector, text) {
    super.fill(selector, text, selector === ".s-prefix" ? "search" : null);
  }
});

define("s-text-area", class extends FieldElement {
  native() {
    return make("textarea", { rows: 2 });
  }

  put(text) {
    this.control.value = text;
    this.control.textContent = text;
  }
});
