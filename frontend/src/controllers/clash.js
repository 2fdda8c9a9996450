import { Controller } from "@hotwired/stimulus";

/** Two texts of one field, side by side: keeps the one that stands in the field, or takes the other. */
export default class extends Controller {
  static targets = ["acts"];
  static values = { name: String, text: String };

  connect() {
    this.actsTarget.hidden = false;
  }

  keep() {
    this.settle();
  }

  take() {
    for (const field of this.fields) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = this.textValue.split("\n").includes(field.value);
      else field.value = this.textValue;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.settle();
  }

  settle() {
    const [first] = this.fields;
    this.element.remove();
    first?.dispatchEvent(new Event("focusin", { bubbles: true })); // brings its language to the front
    first?.focus();
  }

  get fields() {
    const form = this.element.closest("form");
    return [...form.elements].filter(({ name }) => name === this.nameValue);
  }
}
