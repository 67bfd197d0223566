/* Pictures and small signs: thumbnail, avatar, image, chip. */

class PictureElement extends PolarisElement {
  static observedAttributes = ["src", "alt"];

  open() {
    const src = this.getAttribute("src");
    const image = src && make("img", {
      src, alt: this.getAttribute("alt") ?? "", loading: this.getAttribute("loading"), srcset: this.getAttribute("srcset"),
    });
    image?.addEventListener("error", () => image.replaceWith(this.standIn()));
    this.replaceChildren(image || this.standIn());
  }

  changed() {
    this.open();
  }

  standIn() {
    return drawIcon("image");
  }
}

define("s-thumbnail", class extends PictureElement {});
define("s-image", class extends PictureElement {});

define("s-avatar", class extends PictureElement {
  standIn() {
    const initials = this.getAttribute("initials");
    let sum = 0;
    for (const letter of initials ?? "") sum += letter.codePointAt(0);
    this.dataset.hue = sum % 5;
    this.setAttribute("role", "img");
    this.setAttribute("aria-label", this.getAttribute("alt") || initials || "Avatar");
    return initials ? make("span", { "aria-hidden": "true" }, initials) : drawIcon("person");
  }
});

define("s-chip", class extends PolarisElement {
  build() {
    if (!this.hasAttribute("removable") || this.querySelector(":scope > .s-remove")) return;
    const label = this.getAttribute("accessibilitylabel") ?? this.textContent.trim();
    const remove = make("button", { class: "s-remove", type: "button", "aria-label": `Remove ${label}` }, drawIcon("x"));
    remove.onclick = () => this.dispatchEvent(new Event("remove", { bubbles: true }));
    this.append(remove);
  }
});
