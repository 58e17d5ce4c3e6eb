// What the phone keeps at hand, so that it is there without a network: categories with their questions, the ground, the tasks. Each
// is asked for with the mark of what is here, sealed like the outbox, and seen by its owner alone.
const ADDRESSES = {
  staff: { reference: "/m/reference", tasks: "/m/tasks", grid: "/m/grid" },
  public: { reference: "/m/reference/public" },
};

export class Reference {
  constructor({ outbox, door, language }) {
    Object.assign(this, { outbox, door, language, held: new Map(), asked: new Map() });
  }

  /** What is kept of `name`; `{}` before it was ever fetched. Never waits for the network. */
  async get(name = "reference") {
    return (await this.row(name)).value;
  }

  /** {value, at}, the two of one answer. `at`: when the server was asked that last said that this is the newest, in milliseconds; null before. */
  async row(name = "reference") {
    if (!this.held.has(name)) {
      const { value = {}, at = null } = (await this.kept(name)) ?? {};
      // Meanwhile an answer may have come.
      if (!this.held.has(name)) this.held.set(name, { value, at });
    }
    return this.held.get(name);
  }

  /** The name of a category, "" for one that is not known here (yet). */
  categoryName(code) {
    return this.held.get("reference")?.value.categories?.find((one) => one.code === code)?.name ?? "";
  }

  /** Asks the server: "fresh", "same", "sign_in", or "offline" when nobody or somebody else answered. `anew`: what was asked before now will not do. */
  refresh(name = "reference", { anew = false } = {}) {
    if (anew && this.asked.has(name)) return this.asked.get(name).then(() => this.refresh(name));
    if (!this.asked.has(name)) this.asked.set(name, this.ask(name).finally(() => this.asked.delete(name)));
    return this.asked.get(name);
  }

  async ask(name) {
    const address = ADDRESSES[this.door][name];
    if (!address) return "offline";
    const kept = await this.kept(name);
    const at = Date.now();
    const answer = await this.fetched(address, kept?.etag);
    if (answer?.status === 304) return this.confirm(name, kept, at);
    if (answer?.status === 401) return "sign_in";
    const value = answer?.ok ? await answer.json().catch(() => null) : null;
    // Our own shape and nothing else: a portal answers 200 to everything.
    if (typeof value?.version !== "string") return "offline";
    await this.keep(name, { etag: answer.headers.get("ETag"), value }, at);
    this.held.set(name, { value, at });
    return "fresh";
  }

  async confirm(name, { value }, at) {
    const row = await this.outbox.store.get("reference", this.rowName(name));
    if (row) await this.outbox.store.put("reference", { ...row, at });
    this.held.set(name, { value, at });
    return "same";
  }

  // The session first: it says who sits here now. The phone's token when there is no session any more.
  async fetched(address, etag) {
    const headers = { Accept: "application/json", ...(etag && { "If-None-Match": etag }) };
    const ask = (more = {}) => fetch(`${address}?language=${this.language}`, { headers: { ...headers, ...more.headers }, credentials: more.credentials ?? "same-origin", cache: "no-store", redirect: "error" });
    try {
      const answer = await ask();
      if (answer.status !== 401 || this.door !== "staff") return answer;
      const sender = await this.outbox.identity.sender();
      return sender.headers.Authorization ? await ask(sender) : answer;
    } catch {
      return null;
    }
  }

  rowName(name) {
    return `${this.outbox.owner} ${this.language} ${name}`;
  }

  async kept(name) {
    const row = await this.outbox.store.get("reference", this.rowName(name));
    try {
      return row && { ...(await this.outbox.sealing.openValue(this.outbox.owner, this.rowName(name), row)), at: row.at };
    } catch {
      // Its key is lost; it is fetched again.
      return null;
    }
  }

  async keep(name, value, at) {
    const sealed = await this.outbox.sealing.sealValue(this.outbox.owner, this.rowName(name), value);
    await this.outbox.store.put("reference", { name: this.rowName(name), at, ...sealed });
  }
}
