import { Controller } from "@hotwired/stimulus";

/** Keeps a part of the page up to date; unchanged answers cost a 304, a lost network a notice. */
export default class extends Controller {
  static targets = ["body"];
  static values = { url: String, every: { type: Number, default: 2 } };

  connect() {
    this.failures = 0;
    this.wake = () => document.hidden || this.ask();
    document.addEventListener("visibilitychange", this.wake);
    this.plan();
  }

  disconnect() {
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.wake);
  }

  plan() {
    clearTimeout(this.timer);
    const wait = this.everyValue * Math.min(2 ** this.failures, 8);
    this.timer = setTimeout(() => (document.hidden ? this.plan() : this.ask()), wait * 1000);
  }

  async ask() {
    clearTimeout(this.timer);
    try {
      const headers = this.version ? { "If-None-Match": this.version } : {};
      const answer = await fetch(this.urlValue, { headers, cache: "no-store", signal: AbortSignal.timeout(8000) });
      if (answer.status !== 304 && !answer.ok) throw new Error(answer.status);
      if (answer.ok) {
        this.version = answer.headers.get("ETag");
        const text = await answer.text();
        if (text !== this.text) this.bodyTarget.innerHTML = this.text = text;
      }
      this.failures = 0;
    } catch {
      this.failures += 1;
    }
    this.element.toggleAttribute("data-stale", this.failures > 1);
    this.plan();
  }
}
