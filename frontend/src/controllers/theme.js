import { Controller } from "@hotwired/stimulus";

const dark = matchMedia("(prefers-color-scheme: dark)");
const paper = matchMedia("print");

/** System, light or dark; the choice stays on this device. Paper is always light. */
export default class extends Controller {
  static targets = ["choice"];

  connect() {
    this.follow = () => this.show();
    for (const media of [dark, paper]) media.addEventListener("change", this.follow);
    this.show();
  }

  disconnect() {
    for (const media of [dark, paper]) media.removeEventListener("change", this.follow);
  }

  choose({ params }) {
    localStorage.setItem("theme", params.choice);
    this.show();
    this.element.querySelector(":popover-open")?.hidePopover();
  }

  show() {
    const chosen = localStorage.getItem("theme") ?? "system";
    const isDark = chosen === "dark" || (chosen === "system" && dark.matches);
    document.documentElement.classList.toggle("dark", isDark && !paper.matches);
    for (const choice of this.choiceTargets) {
      choice.setAttribute("aria-pressed", String(choice.dataset.themeChoiceParam === chosen));
    }
  }
}
