import { Controller } from "@hotwired/stimulus";

/** Opens a destructive button only when the name of the thing has been typed. */
export default class extends Controller {
  static targets = ["text", "button"];
  static values = { word: String };

  connect() {
    this.check();
  }

  check() {
    this.buttonTarget.disabled = this.textTarget.value.trim() !== this.wordValue;
  }
}
