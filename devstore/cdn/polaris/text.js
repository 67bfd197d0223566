/* Words: headings find their level from the sections around them; the rest is roles and style. */

const levelOf = (element) => {
  let level = 2;
  for (let node = element.parentElement; node; node = node.parentElement) {
    if (node.localName === "s-section" && node.hasAttribute("heading")) level += 1;
    if (node.localName === "s-modal") break;
  }
  return Math.min(level, 6);
};

const clampLines = (element) => {
  const lines = Number(element.getAttribute("lineclamp"));
  if (lines > 0) element.style.setProperty("--s-lines", lines);
};

define("s-heading", class extends PolarisElement {
  open() {
    this.setAttribute("role", "heading");
    this.setAttribute("aria-level", levelOf(this));
    clampLines(this);
  }
});

define("s-paragraph", class extends PolarisElement {
  open() {
    this.setAttribute("role", "paragraph");
    clampLines(this);
  }
});

define("s-text", class extends PolarisElement {
  open() {
    const role = { strong: "strong", address: "group" }[this.getAttribute("type")];
    if (role) this.setAttribute("role", role);
    if (this.getAttribute("accessibilityvisibility") === "hidden") this.setAttribute("aria-hidden", "true");
  }
});

define("s-number", class extends PolarisElement {});

for (const [tag, role] of [["s-ordered-list", "list"], ["s-unordered-list", "list"], ["s-list-item", "listitem"]]) {
  define(tag, class extends PolarisElement {
    open() {
      this.setAttribute("role", role);
    }
  });
}
