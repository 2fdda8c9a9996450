import { Controller } from "@hotwired/stimulus";

/** Scrolls a row of tabs that is wider than the screen to the one that is open. */
export default class extends Controller {
  connect() {
    const open = this.element.querySelector("[aria-current]");
    if (!open) return;
    const row = this.element.getBoundingClientRect();
    const tab = open.getBoundingClientRect();
    this.element.scrollLeft += tab.left + tab.width / 2 - (row.left + row.width / 2);
  }
}
