import { Controller } from "@hotwired/stimulus";

/** Messages after an act: gone after ten seconds unless they are looked at, or tell of a failure. */
export default class extends Controller {
  static targets = ["note"];

  noteTargetConnected(note) {
    if (note.hasAttribute("data-stays")) return;
    const wait = () => setTimeout(() => note.matches(":hover, :focus-within") ? wait() : note.remove(), 10_000);
    wait();
  }

  close({ target }) {
    target.closest("[data-toasts-target]").remove();
  }
}
