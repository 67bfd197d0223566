/* Stacks, grids and boxes: spacing keywords become custom properties that polaris.css turns into layout. */

const SPACE = {
  "none": "0", "small-500": "1px", "small-400": "2px", "small-300": "4px", "small-200": "8px", "small-100": "12px",
  "small": "12px", "base": "16px", "large": "20px", "large-100": "20px", "large-200": "24px", "large-300": "32px",
  "large-400": "40px", "large-500": "48px",
};
const RADIUS = {
  "none": "0", "small-200": "2px", "small-100": "4px", "small": "4px", "base": "8px", "large": "12px",
  "large-100": "12px", "large-200": "16px", "max": "624px",
};
const WIDTH = { "none": "0", "small-100": "0.66px", "small": "0.66px", "base": "1px", "large": "2px", "large-100": "4px" };
const LINE = { "subdued": "var(--p-color-border-secondary)", "base": "var(--p-color-border)", "strong": "var(--p-color-border-tertiary)" };

const words = (table) => (text) => text.trim().split(/\s+/).map((word) => table[word] ?? word).join(" ");
const border = (text) => {
  const [width, color = "base", style = "solid"] = text.trim().split(/\s+/);
  return `${WIDTH[width] ?? "0"} ${style === "auto" ? "solid" : style} ${LINE[color] ?? LINE.base}`;
};
const asIs = (text) => text;

const RULES = {
  gap: ["gap", words(SPACE)], rowgap: ["row-gap", words(SPACE)], columngap: ["column-gap", words(SPACE)],
  padding: ["padding", words(SPACE)], paddingblock: ["padding-block", words(SPACE)],
  paddingblockstart: ["padding-block-start", words(SPACE)], paddingblockend: ["padding-block-end", words(SPACE)],
  paddinginline: ["padding-inline", words(SPACE)], paddinginlinestart: ["padding-inline-start", words(SPACE)],
  paddinginlineend: ["padding-inline-end", words(SPACE)],
  border: ["border", border], borderwidth: ["border-width", words(WIDTH)], borderstyle: ["border-style", asIs],
  bordercolor: ["border-color", words(LINE)], borderradius: ["border-radius", words(RADIUS)],
  blocksize: ["block-size", asIs], minblocksize: ["min-block-size", asIs], maxblocksize: ["max-block-size", asIs],
  inlinesize: ["inline-size", asIs], mininlinesize: ["min-inline-size", asIs], maxinlinesize: ["max-inline-size", asIs],
  alignitems: ["align-items", asIs], justifyitems: ["justify-items", asIs], placeitems: ["place-items", asIs],
  aligncontent: ["align-content", asIs], justifycontent: ["justify-content", asIs], placecontent: ["place-content", asIs],
  gridtemplatecolumns: ["grid-template-columns", asIs], gridtemplaterows: ["grid-template-rows", asIs],
  gridcolumn: ["grid-column", asIs], gridrow: ["grid-row", asIs], overflow: ["overflow", asIs],
};
/* Widths set after their shorthand, so that order of attributes does not matter. */
const ORDER = Object.keys(RULES);

/* "@container name (inline-size > 400px) 1fr 1fr, 1fr": the first value inside the query, the last elsewhere. */
const readQuery = (text) => {
  const match = /^@container\s*([\w-]*)\s*(\(.*?\))\s*(.+)$/.exec(text.trim());
  if (!match) return null;
  let depth = 0;
  for (let at = match[3].length - 1; at >= 0; at -= 1) {
    const letter = match[3][at];
    if (letter === ")") depth += 1;
    else if (letter === "(") depth -= 1;
    else if (letter === "," && depth === 0) {
      return { query: `${match[1]} ${match[2]}`, inside: match[3].slice(0, at).trim(), outside: match[3].slice(at + 1).trim() };
    }
  }
  return null;
};

const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
const queries = new Map();

const queried = (property, query, inside) => {
  const key = `${property}|${query}|${inside}`;
  if (!queries.has(key)) {
    const name = `q${queries.size}`;
    queries.set(key, name);
    const rule = `[data-queries~="${name}"]{${property}:${inside} !important}`;
    sheet.insertRule(`@container ${query}{${rule}}`, sheet.cssRules.length);
  }
  return queries.get(key);
};

const applyLayout = (element) => {
  const names = [];
  for (const attribute of ORDER) {
    const text = element.getAttribute(attribute);
    if (text === null || text === "") continue;
    const [property, translate] = RULES[attribute];
    const query = readQuery(text);
    if (query) names.push(queried(property, query.query, translate(query.inside)));
    element.style.setProperty(property, translate(query ? query.outside : text));
  }
  setOrRemove(element, "data-queries", names.length > 0 && names.join(" "));
  const role = element.getAttribute("accessibilityrole");
  if (role && role !== "generic") {
    element.setAttribute("role", { header: "banner", footer: "contentinfo", section: "region", aside: "complementary",
      "ordered-list": "list", "unordered-list": "list", "list-item": "listitem" }[role] ?? role);
  }
  if (element.hasAttribute("accessibilitylabel")) element.setAttribute("aria-label", element.getAttribute("accessibilitylabel"));
  if (element.getAttribute("accessibilityvisibility") === "hidden") element.setAttribute("aria-hidden", "true");
};

class LayoutElement extends PolarisElement {
  static observedAttributes = [...ORDER, "accessibilityrole", "accessibilitylabel"];

  open() {
    applyLayout(this);
  }

  changed() {
    applyLayout(this);
  }
}

for (const tag of ["s-stack", "s-grid", "s-grid-item", "s-box"]) define(tag, class extends LayoutElement {});

define("s-query-container", class extends PolarisElement {
  open() {
    const name = this.getAttribute("containername");
    if (name) this.style.containerName = name;
  }
});

define("s-divider", class extends PolarisElement {
  open() {
    this.setAttribute("role", "separator");
    setOrRemove(this, "aria-orientation", this.getAttribute("direction") === "block" && "vertical");
  }
});
