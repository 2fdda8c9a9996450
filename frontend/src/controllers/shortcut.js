import { Controller } from "@hotwired/stimulus";

/** "/" puts the cursor into the search box. */
export default class extends Controller {
  press(event) {
    if (event.key !== "/" || event.target.matches?.("input, textarea, select") || localStorage.getItem("keys") === "off") return;
    event.preventDefault();
    this.element.focus();
  }
}
