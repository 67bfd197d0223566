/* How every element is made: once its children are parsed, once per element, again after a swap. */

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

const setOrRemove = (element, name, value) => {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : value);
};

let lastId = 0;
const newId = (prefix) => `${prefix}-${(lastId += 1)}`;

/* While the document streams in, an element is whole once something follows it or one of its parents. */
const isWhole = (element) => {
  if (document.readyState !== "loading") return true;
  for (let node = element; node && node !== document; node = node.parentNode) {
    if (node.nextSibling) return true;
  }
  return false;
};

const waiting = new Set();
const buildWhole = () => {
  for (const element of waiting) {
    if (isWhole(element)) {
      waiting.delete(element);
      element.build();
    }
  }
};

if (document.readyState === "loading") {
  const parsing = new MutationObserver(buildWhole);
  parsing.observe(document, { childList: true, subtree: true });
  document.addEventListener("readystatechange", () => {
    buildWhole();
    parsing.disconnect();
  }, { once: true });
}

class PolarisElement extends HTMLElement {
  #begun = false;

  connectedCallback() {
    this.#begun = true;
    this.open?.();
    if (!this.build) return;
    if (isWhole(this)) this.build();
    else waiting.add(this);
  }

  disconnectedCallback() {
    waiting.delete(this);
  }

  /* A swapped-in element hears of the attributes it came with before it has any parts to show them in. */
  attributeChangedCallback(name, before, now) {
    if (before !== now && this.#begun && this.isConnected) this.changed?.(name, now);
  }

  /* The layout of elements with named slots lives in a shadow root; polaris.css styles it by its parts.
     What posts values stays outside it. */
  layout(html) {
    if (!this.shadowRoot) {
      this.attachShadow({ mode: "open" }).innerHTML = html;
      this.parts = Object.fromEntries(
        [...this.shadowRoot.querySelectorAll("[part]")].map((node) => [node.getAttribute("part"), node]),
      );
    }
    return this.parts;
  }
}

const define = (tag, definition) => {
  if (!customElements.get(tag)) customElements.define(tag, definition);
};

/* Attributes that also read and write as properties, as the real elements have them. */
const reflect = (definition, names, kind) => {
  for (const name of names) {
    Object.defineProperty(definition.prototype, name, {
      configurable: true,
      get() {
        return kind === "boolean" ? this.hasAttribute(name) : this.getAttribute(name) ?? "";
      },
      set(value) {
        setOrRemove(this, name, kind === "boolean" ? Boolean(value) : value);
      },
    });
  }
};
