import { Controller } from "@hotwired/stimulus";
import { clockTime, now } from "../page.js";

/** The server's time of day, in the reader's zone. */
export default class extends Controller {
  connect() {
    this.timer = setInterval(() => this.tick(), 1000);
    this.tick();
  }

  disconnect() {
    clearInterval(this.timer);
  }

  tick() {
    this.element.textContent = clockTime(now());
  }
}
