/* The select: its s-options stay in the document, unseen, and are mirrored into a native one. */

define("s-select", class extends FieldElement {
  native() {
    return make("select");
  }

  build() {
    super.build();
    if (!this.mirror) {
      this.mirror = new MutationObserver(() => this.fillOptions());
      this.mirror.observe(this, { childList: true });
    }
  }

  put(value) {
    this.fillOptions(value);
  }

  changed(name) {
    super.changed(name);
    if (name === "placeholder") this.fillOptions();
  }

  fillOptions(value) {
    const native = this.control;
    const chosen = value || (native.options.length > 0 ? native.value : "") || this.getAttribute("value");
    const copy = (node) => node.localName === "s-option-group"
      ? make("optgroup", { label: node.getAttribute("label"), disabled: node.hasAttribute("disabled") }, ...[...node.children].map(copy))
      : make("option", {
          value: node.getAttribute("value") ?? node.textContent.trim(), disabled: node.hasAttribute("disabled"),
          selected: chosen ? (node.getAttribute("value") ?? node.textContent.trim()) === chosen : node.hasAttribute("selected"),
        }, node.textContent.trim());
    const options = [...this.querySelectorAll(":scope > s-option, :scope > s-option-group")].map(copy);
    const placeholder = this.getAttribute("placeholder");
    if (placeholder) options.unshift(make("option", { value: "", disabled: true, hidden: true, selected: !chosen }, placeholder));
    native.replaceChildren(...options);
  }
});

define("s-option", class extends PolarisElement {});
define("s-option-group", class extends PolarisElement {});
