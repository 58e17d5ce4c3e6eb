// How much room the browser gives, and whether it promises not to clear it away.
//
// Chromium since 138 tells every page a quota of 10 GiB more than it uses, so that nobody can tell one phone from another by it.
// So the limit is believed when it is hit: what was used then is the quota for a while.

import { Refusal } from "./refusing.js";

// From here on no new photo: words must always find room.
export const FULL_FROM = 0.8;
const NAME = "full";
const BELIEVED_MS = 3600_000;

export class Space {
  constructor(store) {
    this.store = store;
  }

  // { used, quota, share, persisted } in bytes; quota 0 where the browser does not say.
  async told() {
    const { usage: used = 0, quota: said = 0 } = (await navigator.storage?.estimate?.().catch(() => null)) ?? {};
    const persisted = (await navigator.storage?.persisted?.().catch(() => false)) ?? false;
    const hit = await this.store.get("meta", NAME).catch(() => null);
    const isFull = hit && Date.now() - hit.at < BELIEVED_MS && Date.now() >= hit.at;
    const quota = isFull ? Math.min(said || Infinity, Math.max(hit.used, 1)) : said;
    return { used, quota, share: quota ? used / quota : 0, persisted };
  }

  async requireFor(bytes) {
    const { used, quota } = await this.told();
    if (quota && (used + bytes) / quota >= FULL_FROM) throw new Refusal("no_space", { used, quota });
  }

  // What `work` comes to; the browser's own limit is a refusal like any other, for nothing of the transaction was kept.
  async within(work) {
    try {
      return await work;
    } catch (error) {
      if (error?.name !== "QuotaExceededError") throw error;
      const { usage: used = 0 } = (await navigator.storage?.estimate?.().catch(() => null)) ?? {};
      // There may be no room for even this.
      await this.store.put("meta", { name: NAME, used, at: Date.now() }).catch(() => {});
      throw new Refusal("no_space", { used });
    }
  }
}

// Asked once there is something to lose; only a page may ask.
export const persist = async () => {
  if (await navigator.storage?.persisted?.()) return true;
  return (await navigator.storage?.persist?.().catch(() => false)) ?? false;
};
