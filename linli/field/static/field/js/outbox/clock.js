// How far the clock of this phone is from the server's, by the Date header of every answer that was surely ours.

import { got } from "./store.js";

const NAME = "clock";
const WORTH_NOTING_MS = 2000;
const OLD_MS = 10 * 60_000;

export class Clock {
  constructor(store) {
    this.store = store;
    // { offset_ms: server minus phone, noted_at } or null before the first contact.
    this.known = null;
  }

  async load() {
    this.known = (await this.store.get("meta", NAME)) ?? null;
  }

  // `asked_at` and `told_at` are this phone's times around the answer; the header has whole seconds.
  async note(date, asked_at, told_at) {
    const server = Date.parse(date ?? "");
    if (Number.isNaN(server)) return;
    const offset_ms = Math.round(server + 500 - (asked_at + told_at) / 2);
    const isNew = !this.known || told_at - this.known.noted_at > OLD_MS;
    if (!isNew && Math.abs(offset_ms - this.known.offset_ms) < WORTH_NOTING_MS) return;
    this.known = { name: NAME, offset_ms, noted_at: told_at };
    await this.store.write(["meta"], ({ meta }) => got(meta.put(this.known)));
  }
}

// A stopwatch that lasts as long as the page: its moments can be told apart from those of another page.
export const stopwatch = () => ({ origin: performance.timeOrigin, at: performance.now() });

// Milliseconds since; by the stopwatch if it ran all the time, otherwise by the clock of the phone.
export const elapsed_ms = (since, made_at) => {
  const isSame = since && Math.abs(since.origin - performance.timeOrigin) < 1;
  return Math.max(0, Math.round(isSame ? performance.now() - since.at : Date.now() - Date.parse(made_at)));
};
