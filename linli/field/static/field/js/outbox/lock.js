// Two tabs do one thing once. Web Locks where the browser has them, otherwise a lease in the store: who holds it renews it,
// and one that was not renewed is anybody's.

import { newId } from "./hashing.js";
import { got } from "./store.js";

const LEASE_MS = 10_000;
const LOOK_MS = 500;

export class Locks {
  constructor(store, { hasWebLocks = Boolean(globalThis.navigator?.locks) } = {}) {
    this.store = store;
    this.hasWebLocks = hasWebLocks;
    this.holder = newId();
    this.held = new Map();
  }

  // Waits for its turn, and does `work` while nobody else does what has this name.
  async alone(name, work) {
    if (this.hasWebLocks) return navigator.locks.request(name, work);
    while (!(await this.lease(name))) await pause(LOOK_MS);
    const renewing = setInterval(() => this.lease(name).catch(() => {}), LEASE_MS / 3);
    try {
      return await work();
    } finally {
      clearInterval(renewing);
      await this.leave(name);
    }
  }

  // Takes hold of it until `release`, or until this tab is gone. False: another tab has it.
  async hold(name) {
    if (this.held.has(name)) return true;
    const release = this.hasWebLocks ? await this.heldLock(name) : await this.heldLease(name);
    if (release) this.held.set(name, release);
    return Boolean(release);
  }

  release(name) {
    this.held.get(name)?.();
    this.held.delete(name);
  }

  releaseAll() {
    for (const name of [...this.held.keys()]) this.release(name);
  }

  heldLock(name) {
    return new Promise((answer) => {
      navigator.locks.request(name, { ifAvailable: true }, (lock) => {
        if (!lock) return answer(null);
        return new Promise((release) => answer(release));
      });
    });
  }

  async heldLease(name) {
    if (!(await this.lease(name))) return null;
    const renewing = setInterval(() => this.lease(name).catch(() => {}), LEASE_MS / 3);
    return () => {
      clearInterval(renewing);
      this.leave(name).catch(() => {});
    };
  }

  lease(name) {
    return this.store.write(["meta"], async ({ meta }) => {
      const known = await got(meta.get(`lease:${name}`));
      if (known && known.holder !== this.holder && known.until > Date.now()) return false;
      meta.put({ name: `lease:${name}`, holder: this.holder, until: Date.now() + LEASE_MS });
      return true;
    });
  }

  leave(name) {
    return this.store.write(["meta"], async ({ meta }) => {
      const known = await got(meta.get(`lease:${name}`));
      if (known?.holder === this.holder) meta.delete(`lease:${name}`);
    });
  }
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
