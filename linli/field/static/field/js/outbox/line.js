// The way to the server, the same for all tabs of an owner: whether it is paused, why, and until when nobody tries.

import { backoff_ms } from "./answers.js";

const CLEAR = { fails: 0, next_at: 0, not_before: 0, pause: null };

export class Line {
  constructor(store, owner, settings, changed = () => {}) {
    Object.assign(this, { store, settings, changed, name: `line:${owner}`, now: { ...CLEAR } });
  }

  async load() {
    this.now = { ...CLEAR, ...(await this.store.get("meta", this.name)) };
    return this.now;
  }

  // Whether anything may be sent at this moment; `isForced` when somebody asks for it or the network has come back.
  isOpen({ isForced = false, isSignedIn = false } = {}) {
    const { pause, next_at, not_before } = this.now;
    if (pause === "sign_in" && !isSignedIn) return false;
    return Date.now() >= (isForced ? not_before : next_at);
  }

  // One more failure that concerns everything.
  async fail({ kind, retry_after_s = 0 }) {
    const fails = this.now.fails + 1;
    const wait = this.settings.pace * backoff_ms(fails, retry_after_s);
    const not_before = retry_after_s ? Date.now() + this.settings.pace * retry_after_s * 1000 : 0;
    await this.keep({ fails, next_at: Date.now() + wait, not_before, pause: PAUSES[kind] ?? null });
  }

  // Known without trying: no failure is counted.
  async pauseFor(pause) {
    if (this.now.pause !== pause) await this.keep({ ...this.now, pause });
  }

  // Where nothing can be written.
  pauseInMind(pause) {
    this.now = { ...this.now, pause };
    this.changed();
  }

  async clear() {
    if (this.now.fails || this.now.pause || this.now.next_at) await this.keep({ ...CLEAR });
  }

  async keep(now) {
    this.now = now;
    await this.store.put("meta", { ...now, name: this.name });
    this.changed();
  }
}

const PAUSES = { offline: "offline", portal: "portal", sign_in: "sign_in" };
