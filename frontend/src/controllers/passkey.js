import { Controller } from "@hotwired/stimulus";

/** Asks the device to make or to use a passkey, and sends what it answers. */
export default class extends Controller {
  static targets = ["answer", "failed"];
  static values = { options: Object, make: Boolean };

  async ask(event) {
    event.preventDefault();
    this.failedTarget.hidden = true;
    try {
      const credential = await this.credential();
      this.answerTarget.value = JSON.stringify(credential.toJSON());
    } catch {
      this.failedTarget.hidden = false; // Refused, timed out, or a browser without passkeys.
      return;
    }
    this.element.submit();
  }

  credential() {
    const keys = navigator.credentials;
    return this.makeValue
      ? keys.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(this.optionsValue) })
      : keys.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(this.optionsValue) });
  }
}
