import { Controller } from "@hotwired/stimulus";

/** Closes an open menu on Escape, on a click elsewhere and when the focus leaves it; arrows move in it. */
export default class extends Controller {
  connect() {
    this.outside = (event) => this.element.contains(event.target) || this.close();
    this.leave = ({ relatedTarget }) => relatedTarget && !this.element.contains(relatedTarget) && this.close();
    this.press = (event) => this.key(event);
    document.addEventListener("click", this.outside);
    this.element.addEventListener("focusout", this.leave);
    this.element.addEventListener("keydown", this.press);
  }

  disconnect() {
    document.removeEventListener("click", this.outside);
    this.element.removeEventListener("focusout", this.leave);
    this.element.removeEventListener("keydown", this.press);
  }

  close() {
    this.element.open = false;
  }

  key(event) {
    if (event.key === "Escape" && this.element.open) {
      event.stopPropagation();
      this.close();
      this.element.querySelector("summary").focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.element.open = true;
    const entries = [...this.element.querySelectorAll(".entry")];
    const at = entries.indexOf(document.activeElement);
    entries.at(at < 0 && step < 0 ? -1 : (at + step) % entries.length)?.focus();
  }
}
