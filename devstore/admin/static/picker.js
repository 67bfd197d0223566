/* Choosing products or variants for the app. */

import { ask } from "./dialog.js";

const row = (name, kind, item, checked) => {
  const label = Object.assign(document.createElement("label"), { className: "choice" });
  const box = Object.assign(document.createElement("input"), { type: kind, name, value: item.id, checked });
  label.append(box);
  if (item.picture) label.append(Object.assign(document.createElement("img"), { src: item.picture, alt: "", width: 32, height: 32 }));
  label.append(item.label);
  return label;
};

/** Return what the merchant chose, or null when they chose nothing. */
export const pick = async (options, products) => {
  const variants = options.type === "variant";
  const many = options.multiple === true || options.multiple > 1;
  const items = variants
    ? products.flatMap((product) => product.variants.map((one) => ({ ...one, label: `${product.title}, ${one.title}`, product })))
    : products.map((product) => ({ ...product, label: product.title, picture: product.images[0]?.originalSrc }));
  const chosen = new Set((options.selectionIds ?? []).map((one) => one.id));
  const form = document.createElement("ul");
  for (const item of items) {
    const place = document.createElement("li");
    place.append(row("picked", many ? "checkbox" : "radio", item, chosen.has(item.id)));
    form.append(place);
  }
  if (items.length === 0) form.append(Object.assign(document.createElement("li"), { textContent: "Nothing matches." }));
  const agreed = await ask(variants ? "Choose variants" : "Choose products", form, options.action === "select" ? "Select" : "Add", "Cancel");
  const ids = new Set([...form.querySelectorAll("input:checked")].map((box) => box.value));
  if (!agreed || ids.size === 0) return null;
  return items.filter((item) => ids.has(item.id)).map(({ label, picture, ...item }) => item);
};
