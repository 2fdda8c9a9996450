import { Controller } from "@hotwired/stimulus";
import { csrfToken, newKey, say } from "../page.js";

/** A file by choosing or dropping; its size is checked before, its progress shown while it goes. */
export default class extends Controller {
  static targets = ["file", "drop", "name", "progress", "bar", "share", "wrong"];
  static values = { limit: Number, url: String, accept: String };

  over(event) {
    event.preventDefault();
    this.dropTarget.setAttribute("data-over", "");
  }

  out() {
    this.dropTarget.removeAttribute("data-over");
  }

  drop(event) {
    event.preventDefault();
    this.out();
    if (!event.dataTransfer.files.length) return;
    this.fileTarget.files = event.dataTransfer.files;
    this.chosen();
  }

  chosen() {
    const [file] = this.fileTarget.files;
    if (!file) return;
    const problem = this.problem(file);
    this.refuse(problem);
    if (problem) {
      this.fileTarget.value = "";
      return;
    }
    this.nameTarget.textContent = `${file.name} · ${size(file.size)}`;
    if (this.urlValue) this.send(file);
  }

  problem(file) {
    if (this.limitValue && file.size > this.limitValue) return say("tooLarge", size(file.size));
    const kinds = this.acceptValue.split(",").map((kind) => kind.trim()).filter(Boolean);
    const fits = (kind) => kind.startsWith(".") ? file.name.toLowerCase().endsWith(kind)
      : kind.endsWith("/*") ? file.type.startsWith(kind.slice(0, -1)) : file.type === kind;
    return kinds.length && !kinds.some(fits) ? say("wrongKind") : "";
  }

  refuse(sentence) {
    this.wrongTarget.textContent = sentence;
    this.wrongTarget.hidden = !sentence;
  }

  send(file) {
    const body = new FormData();
    body.append(this.fileTarget.name, file);
    body.append("_key", newKey());
    body.append("csrf_token", csrfToken());
    const request = new XMLHttpRequest();
    request.open("POST", this.urlValue);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => this.show(loaded / total);
    request.onload = () => this.answered(request);
    request.onerror = () => { this.progressTarget.hidden = true; this.refuse(say("uploadFailed")); };
    this.progressTarget.hidden = false;
    this.show(0);
    request.send(body);
  }

  show(share) {
    this.barTarget.value = Math.round(share * 100);
    this.shareTarget.textContent = `${Math.round(share * 100)} %`;
  }

  answered(request) {
    const answer = request.response ?? {};
    if (request.status < 300) {
      this.dispatch("done", { detail: answer });
      window.location.assign(answer.next ?? window.location.href);
      return;
    }
    this.progressTarget.hidden = true;
    this.fileTarget.value = "";
    this.refuse((answer.errors ?? [answer.detail ?? say("uploadFailed")]).join(" "));
  }
}

function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
