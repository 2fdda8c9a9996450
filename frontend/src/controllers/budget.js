import { Controller } from "@hotwired/stimulus";

const STEPS = 20; // presses that spend the whole budget

/** Shows how many points are given and how many are left, by the same rule as the server's. */
export default class extends Controller {
  static targets = ["points", "spent", "left"];
  static values = { all: Number };

  connect() {
    this.element.dataset.scripted = "yes";
    this.listen = () => this.show();
    this.element.addEventListener("input", this.listen);
    this.show();
  }

  disconnect() {
    this.element.removeEventListener("input", this.listen);
  }

  less({ currentTarget }) {
    this.put(currentTarget.parentElement.querySelector("input"), -1);
  }

  more({ currentTarget }) {
    this.put(currentTarget.parentElement.querySelector("input"), 1);
  }

  put(field, direction) {
    const step = Math.max(1, Math.round(this.allValue / STEPS));
    const before = Number(field.value) || 0;
    const free = direction > 0 ? Math.min(step, this.left) : step;
    field.value = Math.min(this.allValue, Math.max(0, before + direction * free));
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  get left() {
    return this.allValue - this.pointsTargets.reduce((sum, { value }) => sum + (Number(value) || 0), 0);
  }

  show() {
    const left = this.left;
    this.spentTarget.textContent = this.allValue - left;
    this.leftTarget.textContent = this.leftTarget.dataset[left < 0 ? "over" : "left"].replace("{}", Math.abs(left));
    this.leftTarget.classList.toggle("text-destructive", left < 0);
  }
}
