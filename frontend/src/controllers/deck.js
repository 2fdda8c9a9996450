import { Controller } from "@hotwired/stimulus";
import { csrfToken } from "../page.js";

/**
 * A document whose opening is recorded before its pages are sent. With `auto` it is opened by the page itself,
 * else by its button; pages are asked for only after the server has noted the opening.
 */
export default class extends Controller {
  static targets = ["page", "ask", "wrong", "file"];
  static values = { url: String, auto: Boolean };

  connect() {
    if (this.autoValue && this.hasAskTarget) this.open();
  }

  async open(event) {
    event?.preventDefault();
    try {
      const answer = await fetch(this.urlValue, { method: "POST", headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      this.show();
    } catch {
      this.wrongTarget.hidden = false;
    }
  }

  show() {
    for (const page of this.pageTargets) {
      page.querySelector("img").src = page.dataset.src;
      page.hidden = false;
    }
    for (const file of this.fileTargets) file.hidden = false;
    this.askTarget.hidden = true;
    this.wrongTarget.hidden = true;
  }
}
