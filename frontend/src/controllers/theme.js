import { Controller } from "@hotwired/stimulus";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** System, light or dark; the choice stays on this device. */
export default class extends Controller {
  static targets = ["choice"];

  connect() {
    this.follow = () => this.show();
    dark.addEventListener("change", this.follow);
    this.show();
  }

  disconnect() {
    dark.removeEventListener("change", this.follow);
  }

  choose({ params }) {
    localStorage.setItem("theme", params.choice);
    this.show();
    this.element.querySelector(":popover-open")?.hidePopover();
  }

  show() {
    const chosen = localStorage.getItem("theme") ?? "system";
    document.documentElement.classList.toggle("dark", chosen === "dark" || (chosen === "system" && dark.matches));
    for (const choice of this.choiceTargets) {
      choice.setAttribute("aria-pressed", String(choice.dataset.themeChoiceParam === chosen));
    }
  }
}
