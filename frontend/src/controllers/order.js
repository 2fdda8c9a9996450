import { Controller } from "@hotwired/stimulus";

// The moves of contest/judging/ordering.py: an order is a list of places, a place a list of ids.
const find = (order, id) => order.findIndex((group) => group.includes(id));
const without = (order, id) => order.map((group) => group.filter((each) => each !== id)).filter((group) => group.length);

function past(order, id, step) {
  const at = find(order, id);
  if (at < 0) return order;
  if (order[at].length > 1) {
    const rest = order[at].filter((each) => each !== id);
    return [...order.slice(0, at), ...(step < 0 ? [[id], rest] : [rest, [id]]), ...order.slice(at + 1)];
  }
  const other = at + step;
  if (other < 0 || other >= order.length) return order;
  const changed = [...order];
  [changed[at], changed[other]] = [changed[other], changed[at]];
  return changed;
}

const MOVES = {
  up: (order, id) => past(order, id, -1),
  down: (order, id) => past(order, id, 1),
  place: (order, id) => [...without(order, id), [id]],
  join(order, id) {
    const at = find(order, id);
    if (at < 1 || order[at].length > 1) return order;
    return [...order.slice(0, at - 1), [...order[at - 1], id], ...order.slice(at + 1)];
  },
};

/** Lets a judge put entries in order by buttons, arrow keys or dragging; the hidden field holds "a,b=c". */
export default class extends Controller {
  static targets = ["order", "placed", "unplaced", "rest", "entry", "number", "count", "status"];

  connect() {
    this.element.dataset.scripted = "yes";
    this.show();
  }

  get order() {
    return this.orderTarget.value.split(",").filter(Boolean).map((group) => group.split("="));
  }

  /** Keeps an order, shows it, and tells whoever saves the form. */
  keep(order, id) {
    const before = this.orderTarget.value;
    this.orderTarget.value = order.map((group) => group.join("=")).join(",");
    this.show();
    this.tell(id);
    if (this.orderTarget.value !== before) this.orderTarget.dispatchEvent(new Event("change", { bubbles: true }));
  }

  show() {
    const lines = new Map(this.entryTargets.map((line) => [line.dataset.id, line]));
    this.order.forEach((group, place) => {
      for (const id of group) {
        const line = lines.get(id);
        if (!line) continue;
        line.querySelector("[data-order-target=number]").textContent = place + 1;
        this.placedTarget.append(line);
        lines.delete(id);
      }
    });
    for (const line of lines.values()) this.unplacedTarget.append(line);
    this.restTarget.hidden = lines.size === 0;
    this.countTarget.textContent = this.entryTargets.length - lines.size;
  }

  tell(id) {
    const line = this.line(id);
    const entry = line.querySelector("a").textContent;
    const said = { entry, place: find(this.order, id) + 1, all: this.entryTargets.length };
    this.statusTarget.textContent = this.statusTarget.dataset.said.replace(/\{(\w+)\}/g, (_, name) => said[name]);
  }

  line(id) {
    return this.entryTargets.find((line) => line.dataset.id === id);
  }

  step(event) {
    event.preventDefault();
    const { name, value } = event.currentTarget;
    this.keep(MOVES[name](this.order, value), value);
    this.focus(value, name === "place" ? "grab" : name);
  }

  press(event) {
    const move = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!move) return;
    event.preventDefault();
    const { id } = event.currentTarget.closest("li").dataset;
    this.keep(MOVES[move](this.order, id), id);
    this.focus(id, "grab");
  }

  /** A line that was moved has lost the focus. */
  focus(id, name) {
    this.line(id).querySelector(name === "grab" ? "[data-action*=grab]" : `[name=${name}]`).focus({ preventScroll: true });
    this.line(id).scrollIntoView({ block: "nearest" });
  }

  grab(event) {
    if (event.button) return;
    event.preventDefault();
    const handle = event.currentTarget;
    const line = handle.closest("li");
    const move = ({ clientY }) => this.drag(line, clientY);
    const drop = () => {
      handle.removeEventListener("pointermove", move);
      line.removeAttribute("data-dragged");
      this.drop(line);
      handle.focus({ preventScroll: true });
    };
    handle.setPointerCapture(event.pointerId);
    line.setAttribute("data-dragged", "");
    handle.addEventListener("pointermove", move);
    handle.addEventListener("lostpointercapture", drop, { once: true });
  }

  /** Moves the neighbours, not the line itself: a line that leaves the page for a moment loses the pointer. */
  drag(line, y) {
    const middle = (other) => other.getBoundingClientRect().top + other.offsetHeight / 2;
    const { previousElementSibling: above, nextElementSibling: below } = line;
    if (above && y < middle(above)) line.after(above);
    else if (below && y > middle(below)) line.before(below);
    else return;
    this.drag(line, y);
  }

  /** Dropped between two that share a place, it stands after both. */
  drop(line) {
    const { id } = line.dataset;
    const before = this.order;
    const ids = [...this.placedTarget.children].map((each) => each.dataset.id);
    if (ids.join() === before.flat().join()) return;
    const rest = without(before, id);
    const previous = line.previousElementSibling?.dataset.id;
    const at = previous === undefined ? 0 : find(rest, previous) + 1;
    this.keep([...rest.slice(0, at), [id], ...rest.slice(at)], id);
  }
}
