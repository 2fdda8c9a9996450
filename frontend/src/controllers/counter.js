import { Controller } from "@hotwired/stimulus";
import { say } from "../page.js";

const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;

/** Counts characters against a limit, and words besides: a Chinese or Japanese character counts as a word. */
export default class extends Controller {
  static targets = ["text", "tally"];
  static values = { limit: Number };

  connect() {
    this.count();
  }

  count() {
    const text = this.textTarget.value;
    const length = [...text].length;
    const words = (text.match(WIDE)?.length ?? 0) + text.replace(WIDE, " ").split(/\s+/).filter(Boolean).length;
    this.tallyTarget.textContent = `${say("words", words)} · ${say("characters", `${length} / ${this.limitValue}`)}`;
    this.tallyTarget.toggleAttribute("data-over", length > this.limitValue);
  }
}
