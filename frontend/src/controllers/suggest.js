import { Controller } from "@hotwired/stimulus";

/** Offers names for what is being typed. */
export default class extends Controller {
  static targets = ["offers"];
  static values = { url: String };

  ask({ target }) {
    clearTimeout(this.timer);
    const text = target.value.trim();
    if (text.length < 2) return;
    this.timer = setTimeout(() => this.offer(text), 200);
  }

  disconnect() {
    clearTimeout(this.timer);
  }

  async offer(text) {
    try {
      const answer = await fetch(`${this.urlValue}?q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { names } = await answer.json();
      this.offersTarget.replaceChildren(...names.map((name) => Object.assign(document.createElement("option"), { value: name })));
    } catch {
      // What the page offered from the start stays.
    }
  }
}
