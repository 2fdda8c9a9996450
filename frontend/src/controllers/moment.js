import { Controller } from "@hotwired/stimulus";
import { format, say } from "../page.js";

/** Adds the reader's own time to an instant that is shown in the contest's zone, if it differs. */
export default class extends Controller {
  static values = { style: String, own: Boolean };

  connect() {
    const instant = new Date(this.element.dateTime);
    const clock = format(instant, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    this.element.title = format(instant, { dateStyle: "full", timeStyle: "long" });
    if (!this.ownValue || this.element.firstChild.textContent.includes(clock) || this.note) return;
    const day = format(instant, { month: "short", day: "numeric" });
    this.note = document.createElement("span");
    this.note.className = "hint";
    this.note.textContent = ` (${say("yours", `${day}, ${clock}`)})`;
    this.element.append(this.note);
  }
}
