import { Controller } from "@hotwired/stimulus";
import { now, say } from "../page.js";

const MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const ANNOUNCED = [DAY, HOUR, 10 * MINUTE, MINUTE]; // what a screen reader hears

/** Counts down to an instant by the server's clock: "3 d 04:12:09", on a stage "4:09". */
export default class extends Controller {
  static targets = ["left", "label", "said"];
  static values = { at: String, over: String, stage: Boolean };

  connect() {
    this.at = Date.parse(this.atValue);
    this.before = this.at - now();
    this.timer = setInterval(() => this.tick(), 1000);
    this.tick();
  }

  disconnect() {
    clearInterval(this.timer);
  }

  tick() {
    const rest = this.at - now();
    if (rest <= 0) return this.end();
    const text = this.stageValue && rest < HOUR ? short(rest) : spoken(rest);
    this.leftTarget.textContent = text;
    this.leftTarget.toggleAttribute("data-near", rest < DAY);
    if (this.hasSaidTarget && ANNOUNCED.some((mark) => this.before > mark && rest <= mark)) {
      this.saidTarget.textContent = say("left", text);
    }
    this.before = rest;
  }

  end() {
    clearInterval(this.timer);
    this.leftTarget.textContent = this.overValue;
    this.leftTarget.removeAttribute("data-near");
    if (this.hasLabelTarget) this.labelTarget.hidden = true;
    if (this.hasSaidTarget && this.before > 0) this.saidTarget.textContent = this.overValue;
    this.dispatch("over");
  }
}

function short(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function spoken(milliseconds) {
  const seconds = Math.ceil(milliseconds / 1000);
  const days = Math.floor(seconds / 86_400);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, "0"));
  return `${days ? `${say("days", days)} ` : ""}${hours}:${minutes}:${rest}`;
}
