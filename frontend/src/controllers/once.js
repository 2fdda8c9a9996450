import { Controller } from "@hotwired/stimulus";

/** Lets a form be sent once: the pressed button turns busy; Ctrl+Enter sends. */
export default class extends Controller {
  connect() {
    this.send = (event) => this.sent(event);
    this.press = (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.element.requestSubmit();
    };
    this.restore = () => this.release();
    this.element.addEventListener("submit", this.send);
    this.element.addEventListener("keydown", this.press);
    window.addEventListener("pageshow", this.restore);
  }

  disconnect() {
    this.element.removeEventListener("submit", this.send);
    this.element.removeEventListener("keydown", this.press);
    window.removeEventListener("pageshow", this.restore);
  }

  sent(event) {
    if (event.defaultPrevented) return;
    if (this.busy) return event.preventDefault();
    this.busy = true;
    this.button = event.submitter ?? this.element.querySelector("button:not([type=button])");
    this.button?.setAttribute("aria-busy", "true");
    this.button?.setAttribute("aria-disabled", "true");
    // A download or a refused answer leaves the page standing; it must be usable again.
    setTimeout(() => this.release(), 15_000);
  }

  release() {
    this.busy = false;
    this.button?.removeAttribute("aria-busy");
    this.button?.removeAttribute("aria-disabled");
  }
}
