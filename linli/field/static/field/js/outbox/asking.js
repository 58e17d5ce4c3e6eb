// One question to the server: a time limit, what it may know of this phone, and what its answer means.

import { classify } from "./answers.js";

export class Asking {
  // `settings.timeout_ms` for one request, `settings.language` for what is said; `about` is told with each: { version, waiting }.
  constructor({ clock, settings, about }) {
    Object.assign(this, { clock, settings, about });
  }

  // An outcome of `classify` (or of another `read`), with `headers`; `expected` is what it asks for. `sender` is { headers, credentials } as `Identity` gives them.
  async ask(path, { method = "GET", sender = {}, headers = {}, body, tries = 0, read = classify, ...expected } = {}) {
    const asked_at = Date.now();
    const answer = await this.fetched(path, {
      method,
      body,
      headers: { ...this.diagnostics(tries), ...headers, ...sender.headers },
      credentials: sender.credentials ?? "same-origin",
      redirect: "manual",
      cache: "no-store",
    });
    if (!answer) return { kind: "offline", code: "offline" };
    const { response, text } = answer;
    // A page that sends us elsewhere: ours never does.
    const outcome =
      response.type === "opaqueredirect"
        ? { kind: "portal", code: "portal" }
        : read(response.status, parsed(text), { ...expected, retry_after: response.headers.get("Retry-After") });
    const surelyOurs = !["portal", "strange"].includes(outcome.kind) && outcome.code !== "server_trouble";
    if (surelyOurs) await this.clock.note(response.headers.get("Date"), asked_at, Date.now());
    return { ...outcome, headers: response.headers };
  }

  post(path, content, more) {
    const headers = { "Content-Type": "application/json" };
    return this.ask(path, { ...more, method: "POST", headers, body: JSON.stringify(content) });
  }

  diagnostics(tries) {
    const said = { "Linli-Sent-At": new Date().toISOString(), "Linli-Waiting": String(this.about.waiting ?? 0) };
    if (this.about.version) said["Linli-App"] = this.about.version;
    // The sentences of the server are in the language the page was set to, which need not be the browser's.
    if (this.settings.language) said["Accept-Language"] = this.settings.language;
    if (tries) said["Linli-Tries"] = String(tries);
    return said;
  }

  // The answer whole, or null: the line broke, nobody was there, or it took too long.
  async fetched(path, options) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.settings.timeout_ms);
    try {
      const response = await fetch(path, { ...options, signal: limit.signal });
      return { response, text: response.type === "opaqueredirect" ? "" : await response.text() };
    } catch {
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
