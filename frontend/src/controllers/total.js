import { Controller } from "@hotwired/stimulus";

const inTenths = (value) => value.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Keeps the weighted total of a scorecard up to date, by the same rule as the server's. */
export default class extends Controller {
  static targets = ["criterion", "value", "count", "part"];

  connect() {
    this.listen = () => this.show();
    this.element.addEventListener("change", this.listen);
    this.show();
  }

  disconnect() {
    this.element.removeEventListener("change", this.listen);
  }

  show() {
    const given = this.criterionTargets.map((each) => this.read(each));
    const counted = given.filter(({ share }) => share !== null);
    const weight = counted.reduce((sum, each) => sum + each.weight, 0);
    const total = counted.reduce((sum, each) => sum + each.weight * each.share, 0);
    for (const place of this.valueTargets) place.textContent = weight ? inTenths((100 * total) / weight) : "–";
    const done = given.filter(({ chosen }) => chosen !== undefined).length;
    for (const place of this.countTargets) place.textContent = `${done}/${given.length}`;
    this.partTargets.forEach((place, index) => {
      const { share, weight: own } = given[index];
      place.textContent = share === null || !weight ? "–" : inTenths((100 * own * share) / weight);
    });
  }

  read(criterion) {
    const levels = [...criterion.querySelectorAll("input[type=radio]")].filter(({ value }) => value !== "none").map(({ value }) => Number(value));
    const chosen = criterion.querySelector("input:checked")?.value;
    const low = Math.min(...levels);
    const share = chosen === undefined || chosen === "none" ? null : (Number(chosen) - low) / (Math.max(...levels) - low);
    return { chosen, share, weight: Number(criterion.dataset.weight) };
  }
}
