// Sends what waits: words of all first, then photos, then what became of it; one tab at a time, one bad item never in the way of
// the others. Everything that is decided is written down before the next thing is asked, so that it may be killed at any moment.

import { classify } from "./answers.js";
import { isUnderway } from "./making.js";
import { isDown, settle } from "./settling.js";
import { sendPhotos } from "./sending_photos.js";
import { isReadyToGo, prepareToGo, wordsKept } from "./sending_words.js";
import { askWhatBecame, nextAsking } from "./asking_after.js";

const REPORTS = "/intake/v1/reports";
const BATCH = "/intake/v1/batch";
const MOST_IN_BATCH = 50;
// After so many failures in a row the line is to blame, and not the items.
const STRIKES = 2;
const SOONEST_MS = 250;
const LATEST_MS = 60_000;

export class Sending {
  // `parts`: records, asking, identity, locks, photos, line, clock, settings, owner.
  constructor(parts) {
    Object.assign(this, parts);
    this.wanted = null;
    this.running = null;
    this.timer = null;
    this.isClosed = false;
    this.strikes = 0;
    this.wins = 0;
    this.won_at = 0;
  }

  // Try now. Ends when there is nothing to do or nothing can be done. `isForced`: before the time, for something has changed;
  // `isByHand`: somebody asks for it, so that even a browser that says it is offline is not believed; `isSignedIn`: the sign-in
  // may be there again.
  wake(wish = {}) {
    if (this.isClosed) return Promise.resolve();
    this.wanted = Object.fromEntries(WISHES.map((name) => [name, wish[name] || this.wanted?.[name] || false]));
    this.running ??= this.untilDone().finally(() => {
      this.running = null;
      // Somebody may have asked while it was coming to its end.
      if (this.wanted) return this.wake();
    });
    return this.running;
  }

  async close() {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.running?.catch(() => {});
  }

  async untilDone() {
    while (this.wanted && !this.isClosed) {
      await this.locks.alone(`linli-field-send-${this.owner}`, async () => {
        while (this.wanted && !this.isClosed) {
          const wish = this.wanted;
          this.wanted = null;
          await this.round(wish);
        }
      });
    }
    await this.schedule();
  }

  async round(wish) {
    await this.rest();
    await this.line.load();
    if (!this.line.isOpen(wish)) return;
    this.wish = wish;
    this.strikes = this.wins = 0;
    try {
      if (await this.hasNothing()) return;
      await this.getReady();
      await this.words();
      await sendPhotos(this);
      // Perhaps the last word the server hears for days: it says what is left now, not what was there when the round began.
      await this.tellHowMany();
      await askWhatBecame(this);
      if (this.wins || !this.line.now.fails) await this.line.clear();
    } catch (error) {
      if (!isDown(error)) throw error;
      await this.line.fail(error.outcome);
    } finally {
      await this.rest();
    }
  }

  // What was being sent when a round ended, however it ended, waits.
  async rest() {
    for (const record of await this.records.list()) {
      if (record.state === "sending") await this.records.change(record.id, waits);
    }
  }

  async hasNothing() {
    const waiting = await this.tellHowMany();
    // Staff get their token while the session lasts: who knows when the next signal comes.
    const needsToken = this.identity.isStaff && !(await this.identity.token());
    const isOffline = !navigator.onLine && !this.wish.isByHand;
    if (isOffline && waiting.some(isUnderway)) await this.line.pauseFor("offline");
    if (isOffline) return true;
    if (this.line.now.pause === "offline" && !this.line.now.fails) await this.line.clear();
    return !needsToken && !waiting.some(isUnderway) && (await nextAsking(this)) > Date.now();
  }

  async tellHowMany() {
    const waiting = (await this.records.list()).filter(({ state }) => state !== "draft");
    this.asking.about.waiting = waiting.length;
    return waiting;
  }

  async getReady() {
    const outcome = await this.identity.ready();
    if (outcome) settle.down(outcome);
  }

  isDue(record) {
    return isUnderway(record) && Date.now() >= (this.wish.isForced ? record.not_before : record.next_at);
  }

  async words() {
    const due = (await this.records.list()).filter((record) => !record.answer && this.isDue(record));
    for (const record of due) await this.photos.prepareAll(record);
    const rest = due.length >= this.settings.batch_from ? await this.inBatches(due) : due;
    for (const record of rest) if (await isReadyToGo(this, record)) await this.wordsOf(record);
  }

  async wordsOf({ id }) {
    const record = await prepareToGo(this, id);
    if (!record) return;
    const outcome = await this.asked(record, (sender) => {
      return this.asking.post(REPORTS, record.body, { sender, tries: record.tries, id, needs: "received_at" });
    });
    await this.heard(record, outcome, wordsKept);
  }

  // Those that stand alone go together. What remains to be sent one by one.
  async inBatches(due) {
    const alone = due.filter(({ after }) => !after).slice(0, MOST_IN_BATCH);
    const records = (await Promise.all(alone.map(({ id }) => prepareToGo(this, id)))).filter(Boolean);
    if (records.length < 2) return due;
    const read = (status, body, more) => (isListFor(records, status, body) ? { kind: "kept", body } : classify(status, body, more));
    const outcome = await this.asked(records[0], (sender) => {
      return this.asking.post(BATCH, records.map(({ body }) => body), { sender, tries: Math.max(...records.map(({ tries }) => tries)), read });
    });
    if (outcome.kind === "kept") {
      for (const [index, { status, ...body }] of outcome.body.entries()) {
        const record = records[index];
        await this.heard(record, classify(status, body, { id: record.id, needs: "received_at" }), wordsKept);
      }
      return due.filter(({ id }) => !records.some((record) => record.id === id));
    }
    if (["portal", "sign_in", "offline"].includes(outcome.kind)) settle.down(outcome);
    // The server takes no batch now: each by itself.
    return due;
  }

  // Asks as the sender of this record; once more with a new token when the server takes the old one no more.
  async asked(record, question) {
    const outcome = await question(await this.identity.sender(record));
    const isOver = outcome.kind === "token" || (outcome.kind === "sign_in" && (await this.identity.token()));
    if (!isOver) return outcome;
    await this.identity.forgetToken();
    const stop = await this.identity.ready();
    if (stop) return stop;
    if (!this.identity.isStaff && !record.answer) {
      const token = await this.identity.token();
      await this.records.change(record.id, (one) => void (one.token = token));
      record.token = token;
    }
    return question(await this.identity.sender(record));
  }

  // Writes down what an answer means for this record, and stops the round when it means the same for all.
  async heard(record, outcome, kept) {
    if (outcome.kind === "kept") {
      this.strikes = 0;
      this.wins += 1;
      this.won_at = Date.now();
      return kept(this, record, outcome);
    }
    await settle(this, record, outcome);
    this.strikes = BLAMES_THE_LINE.has(outcome.kind) ? this.strikes + 1 : 0;
    if (STOPS_ALL.has(outcome.kind) || this.strikes >= STRIKES) settle.down(outcome);
  }

  // Wake again when the first of them is due.
  async schedule() {
    clearTimeout(this.timer);
    if (this.isClosed) return;
    const underway = (await this.records.list()).filter(isUnderway).map((record) => Math.max(record.next_at, this.line.now.next_at));
    const at = Math.min(...underway, Math.max(await nextAsking(this), this.line.now.next_at));
    const isSignedOut = this.line.now.pause === "sign_in";
    if (at === Infinity || isSignedOut || !navigator.onLine) return;
    const wait = Math.min(Math.max(at - Date.now(), SOONEST_MS), LATEST_MS);
    this.timer = setTimeout(() => document.visibilityState !== "hidden" && this.wake(), wait);
  }
}

const WISHES = ["isForced", "isByHand", "isSignedIn"];
const STOPS_ALL = new Set(["portal", "sign_in", "token"]);
const BLAMES_THE_LINE = new Set(["offline", "later", "strange"]);

const waits = (record) => {
  if (record.state !== "sending") return false;
  record.state = "waiting";
};

const isListFor = (records, status, body) =>
  status === 200 && Array.isArray(body) && body.length === records.length && body.every((one) => Number.isInteger(one?.status));
