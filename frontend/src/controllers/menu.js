import { Controller } from "@hotwired/stimulus";

/** Arrow keys in a list that a button opens; the browser itself opens and closes it. */
export default class extends Controller {
  static targets = ["list"];

  connect() {
    this.press = (event) => this.key(event);
    this.leave = ({ relatedTarget }) => relatedTarget && !this.element.contains(relatedTarget) && this.listTarget.hidePopover();
    this.element.addEventListener("keydown", this.press);
    this.element.addEventListener("focusout", this.leave);
  }

  disconnect() {
    this.element.removeEventListener("keydown", this.press);
    this.element.removeEventListener("focusout", this.leave);
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    if (!this.listTarget.matches(":popover-open")) this.element.querySelector("button").click();
    const entries = [...this.listTarget.querySelectorAll(".entry")];
    const at = entries.indexOf(document.activeElement);
    entries.at(at < 0 && step < 0 ? -1 : (at + step) % entries.length)?.focus();
  }
}
