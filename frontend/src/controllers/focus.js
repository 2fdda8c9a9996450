import { Controller } from "@hotwired/stimulus";

/** Brings the summary of errors to the reader's attention when the page comes back with one. */
export default class extends Controller {
  connect() {
    this.element.focus({ preventScroll: false });
  }
}
