import { Controller } from "@hotwired/stimulus";

const TYPING = "textarea, select, input:not([type=radio], [type=checkbox], [type=button])";

/** Single keys on a scoring page; they can be turned off on each device. */
export default class extends Controller {
  static targets = ["criterion", "help", "off"];

  connect() {
    for (const box of this.offTargets) box.checked = this.isOff;
  }

  get isOff() {
    return localStorage.getItem("keys") === "off";
  }

  turn({ target }) {
    localStorage.setItem("keys", target.checked ? "off" : "on");
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.(TYPING)) return;
    if (event.key === "?" && this.hasHelpTarget) return this.helpTarget.togglePopover();
    if (this.isOff) return;
    if (/^[0-9]$/.test(event.key)) this.score(event);
    if (event.key === "j") this.go(1);
    if (event.key === "k") this.go(-1);
  }

  score(event) {
    const criterion = this.current ?? this.criterionTargets.find((each) => !each.querySelector(":checked"));
    const level = criterion?.querySelector(`input[value="${event.key}"]`);
    if (!level) return;
    event.preventDefault();
    level.checked = true;
    level.focus();
    level.dispatchEvent(new Event("change", { bubbles: true }));
  }

  go(step) {
    const all = this.criterionTargets;
    const at = all.indexOf(this.current);
    const next = all[Math.min(Math.max(at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step, 0), all.length - 1)];
    (next?.querySelector(":checked") ?? next?.querySelector("input"))?.focus();
    next?.scrollIntoView({ block: "center" });
  }

  get current() {
    return this.criterionTargets.find((each) => each.contains(document.activeElement));
  }
}
