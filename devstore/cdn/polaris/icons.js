/* Icons are drawn inline from the package's own files; ICONS is put in front of this file when it is served. */

const drawIcon = (name) => {
  const inner = ICONS[name] ?? ICONS[name.replace(/-filled$/, "")] ?? ICONS[`${name}-filled`] ?? "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  svg.innerHTML = inner;
  const box = make("span", { class: "s-glyph" });
  box.append(svg);
  return box;
};

define("s-icon", class extends PolarisElement {
  static observedAttributes = ["type"];

  open() {
    this.replaceChildren(drawIcon(this.getAttribute("type") ?? ""));
  }

  changed() {
    this.open();
  }
});
