import { Controller } from "@hotwired/stimulus";

/** Goes to `url` as soon as it appears: what a polled part shows when its work is done. */
export default class extends Controller {
  static values = { url: String };

  connect() {
    location.replace(this.urlValue);
  }
}
