import { Application } from "@hotwired/stimulus";

// Every file in controllers/ is a controller under its own name.
const application = Application.start();
const controllers = import.meta.glob("./controllers/*.js", { eager: true });
for (const [path, module] of Object.entries(controllers)) {
  application.register(path.slice("./controllers/".length, -".js".length), module.default);
}
