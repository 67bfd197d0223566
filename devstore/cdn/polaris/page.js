/* The page, its sections and the empty state: named places for what the app hands in. */

define("s-page", class extends PolarisElement {
  static observedAttributes = ["heading"];

  open() {
    this.layout(`
      <main part="page">
        <div part="head">
          <slot name="breadcrumb-actions"></slot>
          <div part="title"><h1 part="heading"></h1><slot name="accessory"></slot><slot name="supplemental-start"></slot></div>
          <div part="actions"><slot name="secondary-actions"></slot><slot name="primary-action"></slot></div>
        </div>
        <div part="body"><div part="main"><slot></slot></div><div part="aside"><slot name="aside"></slot></div></div>
      </main>`);
    this.changed();
  }

  changed() {
    this.parts.heading.textContent = this.getAttribute("heading") ?? "";
    this.parts.heading.hidden = !this.getAttribute("heading");
  }
});

define("s-section", class extends PolarisElement {
  static observedAttributes = ["heading", "subheading", "accessibilitylabel"];

  open() {
    this.layout(`
      <div part="head">
        <slot name="graphic"></slot>
        <div part="title"><div part="heading" role="heading"></div><div part="subheading"></div></div>
        <slot name="accessory"></slot><slot name="supplemental"></slot>
        <slot name="secondary-actions"></slot><slot name="primary-action"></slot>
      </div>
      <div part="body"><slot></slot></div>`);
    this.changed();
  }

  changed() {
    const heading = this.getAttribute("heading");
    const subheading = this.getAttribute("subheading");
    this.parts.heading.textContent = heading ?? "";
    this.parts.heading.hidden = !heading;
    this.parts.heading.setAttribute("aria-level", levelOf(this));
    this.parts.subheading.textContent = subheading ?? "";
    this.parts.subheading.hidden = !subheading;
    const label = this.getAttribute("accessibilitylabel");
    if (label) this.setAttribute("role", "region");
    setOrRemove(this, "aria-label", label);
  }
});

define("s-empty-state", class extends PolarisElement {
  static observedAttributes = ["heading"];

  open() {
    this.layout(`
      <div part="graphic"><slot name="graphic"></slot></div>
      <div part="heading" role="heading"></div>
      <div part="text"><slot name="subheading"></slot><slot></slot></div>
      <div part="actions"><slot name="secondary-actions"></slot><slot name="primary-action"></slot></div>`);
    this.changed();
  }

  changed() {
    this.parts.heading.textContent = this.getAttribute("heading") ?? "";
    this.parts.heading.setAttribute("aria-level", levelOf(this));
  }
});
