import { Controller } from "@hotwired/stimulus";

/** Turns a stack of inputs, one per language, into tabs. */
export default class extends Controller {
  static targets = ["language"];

  connect() {
    if (this.languageTargets.length < 2) return;
    this.element.setAttribute("data-tabbed", "");
    this.row = document.createElement("div");
    this.row.className = "tab-row";
    this.tabs = this.languageTargets.map((part) => this.tab(part));
    this.row.append(...this.tabs);
    this.languageTargets[0].before(this.row);
    const wrong = this.languageTargets.find((part) => part.querySelector("[aria-invalid]") && !text(part));
    this.show(wrong ?? this.languageTargets.find((part) => part.dataset.lang === document.documentElement.lang) ?? this.languageTargets[0]);
  }

  disconnect() {
    this.row?.remove();
  }

  tab(part) {
    const button = document.createElement("button");
    button.type = "button";
    button.lang = part.dataset.lang;
    button.textContent = part.querySelector("label").textContent;
    button.toggleAttribute("data-empty", !text(part));
    button.addEventListener("click", () => { this.show(part); part.querySelector("input, textarea").focus(); });
    part.addEventListener("input", () => button.toggleAttribute("data-empty", !text(part)));
    part.addEventListener("focusin", () => this.show(part));
    return button;
  }

  show(chosen) {
    this.languageTargets.forEach((part, index) => {
      part.hidden = part !== chosen;
      this.tabs[index].setAttribute("aria-pressed", String(part === chosen));
    });
  }
}

const text = (part) => part.querySelector("input, textarea").value.trim();
