// What the page tells its scripts: the server's time, the CSRF token, the words in the reader's language.
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content;

export const csrfToken = () => meta("csrf-token") ?? "";

const texts = JSON.parse(meta("words") ?? "{}");
export const say = (name, value = "") => (texts[name] ?? name).replace("{}", value);

const language = document.documentElement.lang || "en";
export const format = (instant, options) => new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, options).format(instant);
export const clockTime = (instant) => format(instant, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

/** Milliseconds the server's clock is ahead of this device's. */
const ahead = (() => {
  const [visit] = performance.getEntriesByType("navigation");
  const sent = visit?.serverTiming?.find(({ name }) => name === "now")?.description ?? meta("server-time");
  if (sent && visit?.transferSize !== 0) { // a page out of the cache tells an old time
    const age = visit ? performance.now() - visit.responseStart : 0;
    sessionStorage.setItem("ahead", Date.parse(sent) - (Date.now() - age));
  }
  return Number(sessionStorage.getItem("ahead") ?? 0);
})();
export const now = () => Date.now() + ahead;

export const newKey = () =>
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));
