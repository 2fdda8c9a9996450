import { Controller } from "@hotwired/stimulus";
import { clockTime, csrfToken, newKey, say } from "../page.js";

const QUIET = 700; // milliseconds without a key before a text is sent
const LONGEST = 60_000;
const PARTING = 20_000; // so long a next page may be on its way

/**
 * Sends each changed field by itself as `_field`, `_version`, `_key` and its value. What the server has not
 * acknowledged is kept in sessionStorage, beside the version that it was written upon; lost connections are
 * retried; two writers are shown both texts.
 */
export default class extends Controller {
  static targets = ["status"];
  static values = { url: String };

  connect() {
    this.waiting = new Map(); // name -> timer, in the order of change
    this.clashing = new Map(); // name -> the values that somebody else's stand against
    this.arrived = new Set(); // names of what is saved but still kept, for the next page
    this.listeners = [
      [this.element, "input", (event) => this.changed(event, QUIET)],
      [this.element, "change", (event) => this.changed(event, 0)],
      [this.element, "submit", (event) => this.leave(event)],
      [window, "online", () => this.flush()],
      [window, "beforeunload", (event) => this.warn(event)],
      [document, "visibilitychange", () => document.hidden && this.flush()],
    ];
    for (const [where, name, listener] of this.listeners) where.addEventListener(name, listener);
    this.restore();
  }

  disconnect() {
    for (const [where, name, listener] of this.listeners) where.removeEventListener(name, listener);
  }

  get place() {
    return `unsaved ${this.urlValue}`;
  }

  changed({ target }, delay) {
    const { name, type } = target;
    if (!name || name.startsWith("_") || name === "csrf_token" || type === "file" || type === "submit") return;
    if (this.clashing.has(name) && same(this.clashing.get(name), this.values(name))) return; // the reader has yet to choose
    this.clashing.delete(name);
    this.arrived.delete(name);
    this.keep(name);
    clearTimeout(this.waiting.get(name));
    this.waiting.set(name, setTimeout(() => this.flush(), delay));
  }

  /** Sends what waits, one field after the other. */
  async flush() {
    if (this.sending) return;
    this.sending = true;
    try {
      for (const name of [...this.waiting.keys()]) {
        clearTimeout(this.waiting.get(name));
        this.waiting.delete(name);
        if (!(await this.send(name))) break;
      }
    } finally {
      this.sending = false;
    }
    if (this.waiting.size && !this.retry) this.flush();
  }

  async send(name) {
    const sent = this.values(name);
    for (const seen of this.fields(`${name}_seen`)) if ("plain" in seen.dataset) seen.value += ` ${sent[0]}`; // the form may leave before the answer comes
    const body = new URLSearchParams([["_field", name], ["_version", this.version(name)], ["_key", newKey()], ["csrf_token", csrfToken()], ...sent.map((value) => [name, value])]);
    this.tell("busy", say("saving"));
    let answer;
    try {
      answer = await fetch(this.urlValue, {
        method: "POST", body, keepalive: body.toString().length < 60_000, signal: AbortSignal.timeout(20_000),
        headers: { "X-CSRFToken": csrfToken(), Accept: "application/json" },
      });
      if (answer.status >= 500 || answer.status === 429) throw new Error(answer.status);
    } catch {
      return this.later(name);
    }
    clearTimeout(this.retry);
    this.retry = null;
    this.pause = 0;
    return this.answered(name, sent, answer);
  }

  async answered(name, sent, answer) {
    const said = await answer.json().catch(() => ({}));
    if (answer.status === 409 && sent.length === 1 && (said.value ?? said.theirs) === sent[0]) {
      this.acknowledge(name, sent, said); // an answer got lost: what stands there is ours
      return true;
    }
    if (answer.status === 409) this.clash(name, said);
    else if (answer.status === 401 || answer.status === 403 || answer.redirected) this.stop(said.detail ?? say("signedOut"));
    else if (!answer.ok) this.refuse(name, said.errors ?? [said.detail ?? say("refused")]);
    else this.acknowledge(name, sent, said);
    return answer.ok;
  }

  acknowledge(name, sent, { saved_at: at, version, merged, merged_version: mergedVersion }) {
    this.place_of(name)?.toggleAttribute("data-refused", false);
    if (version !== undefined) this.know(name, version);
    if (merged !== undefined && same(sent, this.values(name))) this.adopt(name, merged, mergedVersion, sent);
    this.note(name, "");
    if (same(sent, this.values(name))) this.settle(name);
    if (!this.waiting.size) this.tell("saved", say("saved", clockTime(at ? new Date(at) : new Date())));
    this.dispatch("saved", { detail: { name } });
  }

  /** Shows the text that two people wrote together, with the cursor where it was. */
  adopt(name, merged, version, sent) {
    const [field] = this.fields(name);
    const cursor = field.selectionStart;
    const before = commonStart(sent[0] ?? "", merged);
    this.put(name, [merged]);
    this.place_of(name).setAttribute("data-version", version);
    if (document.activeElement === field && cursor !== null) {
      const moved = cursor <= before ? cursor : Math.max(before, cursor + merged.length - (sent[0] ?? "").length);
      field.setSelectionRange(moved, moved);
    }
    this.settle(name);
  }

  /** What is saved need not be kept, unless a next page is on its way that was made before it was saved. */
  settle(name) {
    if (!this.parting) {
      this.forget(name);
      return;
    }
    this.keep(name);
    this.arrived.add(name);
  }

  later(name) {
    if (!this.waiting.has(name)) this.waiting.set(name, null);
    this.pause = Math.min((this.pause || 1000) * 2, LONGEST);
    clearTimeout(this.retry);
    this.retry = setTimeout(() => { this.retry = null; this.flush(); }, this.pause);
    this.tell("waiting", say("waiting"));
    return false;
  }

  stop(sentence) {
    this.tell("waiting", sentence);
  }

  refuse(name, errors) {
    this.note(name, errors.join(" "));
    this.tell("waiting", say("refused"));
  }

  // One field changed by two people: both texts, and a choice.

  clash(name, { mine, theirs, value, version, by }) {
    const place = this.place_of(name);
    place.querySelector(".clash")?.remove();
    this.clashing.set(name, this.values(name));
    const box = element("div", { class: "clash tone-warn", role: "alert" });
    box.append(element("p", { class: "font-medium" }, by ? say("clashBy", by) : say("clash")));
    const texts = element("div", { class: "texts" });
    for (const [title, text] of [[say("mine"), mine ?? this.values(name).join(", ")], [say("theirs"), theirs]]) {
      const part = element("div");
      part.append(element("span", { class: "hint" }, title), element("pre", {}, text ?? ""));
      texts.append(part);
    }
    const keep = element("button", { class: "btn", type: "button", "data-size": "sm" }, say("keepMine"));
    const take = element("button", { class: "btn", type: "button", "data-size": "sm", "data-variant": "outline" }, say("takeTheirs"));
    const row = element("div", { class: "flex gap-2" });
    row.append(keep, take);
    box.append(texts, row);
    place.append(box);
    const settle = (chosen) => {
      box.remove();
      this.clashing.delete(name);
      this.know(name, version);
      if (chosen !== null) this.put(name, [chosen]);
      this.fields(name)[0]?.dispatchEvent(new Event("input", { bubbles: true })); // to whoever shows more of it than its text
      this.waiting.set(name, null);
      this.flush();
      this.fields(name)[0]?.focus();
    };
    keep.addEventListener("click", () => settle(null));
    take.addEventListener("click", () => settle(value ?? theirs ?? ""));
    this.tell("waiting", by ? say("clashBy", by) : say("clash"));
  }

  // What is not acknowledged stays on this device.

  keep(name) {
    this.store({ ...this.stored(), [name]: { written: this.values(name), version: this.version(name) } });
  }

  forget(name) {
    const rest = this.stored();
    delete rest[name];
    this.store(rest);
  }

  stored() {
    try {
      return JSON.parse(sessionStorage.getItem(this.place) ?? "{}");
    } catch {
      return {};
    }
  }

  store(texts) {
    try {
      if (Object.keys(texts).length) sessionStorage.setItem(this.place, JSON.stringify(texts));
      else sessionStorage.removeItem(this.place);
    } catch { /* full or forbidden: the page itself still holds the text */ }
  }

  restore() {
    const kept = this.stored();
    for (const [name, { written, version }] of Object.entries(kept)) {
      if (!this.fields(name).length || same(written, this.values(name))) this.forget(name);
      else {
        this.put(name, written);
        if (version) this.know(name, version); // not that of this page, which may hold what others wrote since
        this.waiting.set(name, null);
      }
    }
    if (this.waiting.size) {
      this.tell("waiting", say("restored"));
      this.flush();
    }
  }

  /** The whole form is on its way: no field may arrive after it. An act beside the form sends what waits. */
  leave({ submitter }) {
    this.leaving = true;
    if (submitter?.hasAttribute("formaction")) {
      this.flush();
      return;
    }
    for (const timer of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
    for (const name of Object.keys(this.stored())) this.forget(name);
  }

  /** The page is about to go: asks whoever has unsaved text, and sends it meanwhile. Perhaps it stays. */
  warn(event) {
    if (this.leaving) return;
    if (Object.keys(this.stored()).some((name) => !this.arrived.has(name))) event.preventDefault();
    this.flush();
    clearTimeout(this.parting);
    this.parting = setTimeout(() => {
      this.parting = null;
      for (const name of this.arrived) this.forget(name);
      this.arrived.clear();
    }, PARTING);
  }

  // Fields of this form, by name; radios and checkboxes are several elements with one.

  fields(name) {
    return [...this.element.elements].filter((field) => field.name === name);
  }

  values(name) {
    return this.fields(name).flatMap((field) => {
      if (field.type === "radio" || field.type === "checkbox") return field.checked ? [field.value] : [];
      return field.multiple ? [...field.selectedOptions].map((option) => option.value) : [field.value];
    });
  }

  put(name, values) {
    for (const field of this.fields(name)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
      else field.value = values[0] ?? "";
    }
  }

  place_of(name) {
    const [field] = this.fields(name);
    return field?.closest(".entry-field, .scale, fieldset, [data-version]") ?? this.element;
  }

  /** Notes what the server holds of a field, for the next time that it, or the whole form, is sent. */
  know(name, version) {
    this.place_of(name)?.setAttribute("data-version", version);
    for (const seen of this.fields(`${name}_seen`)) seen.value = version;
  }

  version(name) {
    return this.fields(name)[0]?.closest("[data-version]")?.dataset.version ?? "";
  }

  note(name, sentence) {
    const place = this.place_of(name);
    place.querySelector(".live-wrong")?.remove();
    if (sentence) place.append(element("p", { class: "wrong live-wrong", role: "alert" }, sentence));
  }

  tell(state, sentence) {
    for (const status of this.statusTargets) {
      status.dataset.state = state;
      status.classList.toggle("tone-good", state === "saved");
      status.classList.toggle("tone-warn", state !== "saved");
      status.textContent = sentence;
    }
  }
}

function commonStart(left, right) {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  return at;
}

const same = (left, right) => left.length === right.length && left.every((value, index) => value === right[index]);

function element(tag, attributes = {}, text = null) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== null) made.textContent = text;
  return made;
}
