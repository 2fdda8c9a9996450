import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import lucide from "@iconify-json/lucide/icons.json" with { type: "json" };
import { defineConfig } from "vite";

const known = new Set([...Object.keys(lucide.icons), ...Object.keys(lucide.aliases ?? {})]);

function* files(folder, ends) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path, ends);
    else if (entry.name.endsWith(ends)) yield path;
  }
}

const LINES = /^.*(?:icon|empty\().*$/gim; // icon="inbox"
const TABLES = /\w*ICONS\w*\s*=\s*\{[^}]*\}/g; // ICONS = {"sent": "mail"}

/** The icons in use: quoted names of Lucide on lines and in tables that say icon, and in modules that place things. */
function icons() {
  const named = new Set();
  for (const path of [...files("templates", ".html"), ...files("contest", ".py")]) {
    const source = readFileSync(path, "utf8");
    const places = path.endsWith(".py") && /\bPlace\(|ICONS/.test(source);
    for (const [part] of places ? [[source]] : [...source.matchAll(LINES), ...source.matchAll(TABLES)]) {
      for (const [, name] of part.matchAll(/["']([a-z0-9]+(?:-[a-z0-9]+)*)["']/g)) if (known.has(name)) named.add(name);
    }
  }
  return [...named].sort();
}

const iconClasses = {
  name: "icon-classes",
  enforce: "pre",
  transform(source, id) {
    if (!id.endsWith("src/app.css")) return;
    return source.replace("/* @icons */", `@source inline("icon-[lucide--{${icons().join(",")}}]");`);
  },
};

const BUILDS = "static/.vite/builds.json"; // the files of this build and of the one before

/** Keeps the files of the previous build: pages of a server that still runs, and of readers, name them. */
const keepPrevious = {
  name: "keep-previous",
  writeBundle(_options, bundle) {
    const built = Object.keys(bundle).filter((name) => name.startsWith("assets/")).sort();
    const builds = existsSync(BUILDS) ? JSON.parse(readFileSync(BUILDS, "utf8")) : [];
    const before = builds.filter((names) => names.join() !== built.join()).slice(0, 1);
    const kept = new Set([built, ...before].flat());
    for (const name of readdirSync("static/assets")) if (!kept.has(`assets/${name}`)) rmSync(`static/assets/${name}`);
    writeFileSync(BUILDS, JSON.stringify([built, ...before]));
  },
};

export default defineConfig({
  base: "/static/",
  publicDir: false,
  plugins: [iconClasses, tailwindcss(), keepPrevious],
  build: {
    outDir: "static",
    emptyOutDir: false,
    manifest: true,
    assetsInlineLimit: 0,
    rolldownOptions: { input: ["app.js", "theme.js", "app.css", "fonts.css"].map((name) => `frontend/src/${name}`) },
  },
});
