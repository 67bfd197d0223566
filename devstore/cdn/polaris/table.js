/* Tables: roles on our own tags, a list on phones, whose labels come from the header row. */

define("s-table", class extends PolarisElement {
  static observedAttributes = ["loading", "paginate", "haspreviouspage", "hasnextpage"];

  open() {
    this.layout(`
      <div part="filters"><slot name="filters"></slot></div>
      <div part="scroll"><div part="table" role="table"><slot></slot></div></div>
      <div part="pager"><button part="previous" type="button" aria-label="Previous page"></button><button part="next" type="button" aria-label="Next page"></button></div>`);
    this.parts.previous.replaceChildren(shadowIcon("chevron-left"));
    this.parts.next.replaceChildren(shadowIcon("chevron-right"));
    this.parts.previous.onclick = () => this.dispatchEvent(new Event("previouspage"));
    this.parts.next.onclick = () => this.dispatchEvent(new Event("nextpage"));
    this.changed();
  }

  changed() {
    this.parts.pager.hidden = !this.hasAttribute("paginate");
    this.parts.previous.disabled = !this.hasAttribute("haspreviouspage");
    this.parts.next.disabled = !this.hasAttribute("hasnextpage");
    setOrRemove(this.parts.table, "aria-busy", this.hasAttribute("loading") && "true");
  }
});

const roleElement = (role) => class extends PolarisElement {
  open() {
    this.setAttribute("role", role);
  }
};
define("s-table-header-row", roleElement("row"));
define("s-table-header", roleElement("columnheader"));
define("s-table-body", roleElement("rowgroup"));
define("s-table-cell", roleElement("cell"));

define("s-table-row", class extends roleElement("row") {
  build() {
    const headers = this.closest("s-table")?.querySelectorAll("s-table-header") ?? [];
    [...this.children].forEach((cell, at) => {
      const header = headers[at];
      if (!header) return;
      cell.dataset.label = header.textContent.trim();
      cell.dataset.list = header.getAttribute("listslot") ?? "labeled";
      cell.dataset.format = header.getAttribute("format") ?? "base";
    });
  }
});

/* A row that delegates its clicks presses the control it names, unless something of its own was pressed. */
document.addEventListener("click", (event) => {
  const row = event.target.closest?.("s-table-row[clickdelegate]");
  if (!row || event.target.closest("a, button, input, select, textarea, label, s-menu, s-popover")) return;
  const chosen = row.ownerDocument.getElementById(row.getAttribute("clickdelegate"));
  if (chosen) (control(chosen) ?? chosen).click();
});
