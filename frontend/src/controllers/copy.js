import { Controller } from "@hotwired/stimulus";
import { say } from "../page.js";

/** Copies the text of a read-only input. */
export default class extends Controller {
  static targets = ["text", "label"];

  async copy() {
    this.textTarget.select();
    try {
      await navigator.clipboard.writeText(this.textTarget.value);
    } catch {
      return; // The text is selected; the reader can copy it by hand.
    }
    const before = this.labelTarget.textContent;
    this.labelTarget.textContent = say("copied");
    setTimeout(() => { this.labelTarget.textContent = before; }, 3000);
  }
}
