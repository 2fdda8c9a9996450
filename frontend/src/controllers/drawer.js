import { Controller } from "@hotwired/stimulus";

/** The places on a phone: a native popover; it closes before another page comes, also from the back button. */
export default class extends Controller {
  connect() {
    this.close = () => this.element.matches(":popover-open") && this.element.hidePopover();
    window.addEventListener("pagehide", this.close);
  }

  disconnect() {
    window.removeEventListener("pagehide", this.close);
  }
}
