// The outbox of one owner on this phone: what was made here stays here until the server has said yes to it.
//
// It knows nothing of the page and has no words: it tells states and codes, and the server's own sentences. docs/outbox.md has them all.

import { Asking } from "./asking.js";
import { askOne } from "./asking_after.js";
import { Clock, elapsed_ms } from "./clock.js";
import { Drafts, isToBeMadeAnew } from "./drafts.js";
import { exported } from "./export.js";
import { adopt, handOver, others, wipe } from "./handing_over.js";
import { Line } from "./line.js";
import { Locks } from "./lock.js";
import { isUnderway, newRecord, shown, unfix, UNDO_MS } from "./making.js";
import { Identity } from "./owner.js";
import { Photos } from "./photos.js";
import { Records } from "./records.js";
import { Refusal } from "./refusing.js";
import { Sealing } from "./sealing.js";
import { Sending } from "./sending.js";
import { takeBack } from "./sending_words.js";
import { persist, Space } from "./space.js";
import { Store } from "./store.js";
import { badge, Telling } from "./telling.js";
import { listen } from "./triggers.js";

export { Refusal } from "./refusing.js";
export { isVoice } from "./making.js";
export { FULL_FROM } from "./space.js";

const SETTINGS = {
  timeout_ms: 30_000,
  slice_bytes: 128 * 1024,
  // From so many on words go together.
  batch_from: 5,
  // All waits are this many times as long; tests have no time.
  pace: 1,
};
const LONG_EDGES = { staff: 2048, public: 1600 };

// `owner`: the number of a person of the staff, or 0 for whoever needs no account. `door`: "staff" or "public". What anybody else
// has left on this phone is not seen. `version` of the app and `device_name` are told to the server.
export const open = async ({ owner, door = owner ? "staff" : "public", version = "", device_name = "", settings = {}, store = new Store(), hasWebLocks }) => {
  const outbox = new Outbox({ owner, door, version, device_name, settings: { ...SETTINGS, ...settings }, store, hasWebLocks });
  await outbox.start();
  return outbox;
};

class Outbox {
  constructor({ owner, door, version, device_name, settings, store, hasWebLocks }) {
    const sealing = new Sealing(store);
    const clock = new Clock(store);
    const asking = new Asking({ clock, settings, about: { version, waiting: 0 } });
    const records = new Records(store, sealing, owner, (record) => this.changed(record));
    const locks = new Locks(store, hasWebLocks === undefined ? {} : { hasWebLocks });
    const photos = new Photos({ records, long_edge: settings.long_edge ?? LONG_EDGES[door] });
    const identity = new Identity({ store, sealing, asking, owner, door, device_name });
    const room = new Space(store);
    const line = new Line(store, owner, settings, () => this.telling.tell(null));
    Object.assign(this, { owner, door, store, sealing, clock, records, locks, photos, identity, line, room, settings });
    this.telling = new Telling(owner, (id) => this.get(id));
    this.sending = new Sending({ records, asking, identity, locks, photos, line, clock, settings, owner });
    this.drafts = new Drafts({ records, photos, locks, room, owner, door });
  }

  async start() {
    // No promise to wait for: of the first draft's storage the browser may ask a person.
    await Promise.all([this.clock.load(), this.line.load()]);
    await this.records.forgetOldReceipts();
    if (this.door !== "public") await adopt(this.records);
    this.stop = listen((wish) => this.wake(wish));
    addEventListener("pagehide", () => this.locks.releaseAll());
    this.count();
    this.wake({ isForced: true, isSignedIn: true });
  }

  // --- making ----------------------------------------------------------------------------------------------------------

  // A record that is kept from now on; `fields` as they will be sent. docs/intake.md. An act goes after the record `after`.
  async draft({ kind = "report", after = null, ...fields } = {}) {
    const record = await this.room.within(this.drafts.make({ kind, fields, after }));
    persist().catch(() => {});
    return shown(record);
  }

  // A draft to go on with: the same one, or a copy with an id of its own when another tab has it open.
  async edit(id) {
    return shown(await this.room.within(this.drafts.edit(id)));
  }

  async keep(id, fields) {
    return shown(await this.room.within(this.drafts.keep(id, fields)));
  }

  // The photo as it is shown; it is on the disk, and scaled soon after. `taken` is where and when the phone says it was made.
  async addPhoto(id, file, { role = "", taken = null, source = "" } = {}) {
    return this.room.within(this.drafts.addPhoto(id, file, { role, taken, source }));
  }

  // The one voice note of a record, instead of the one there was; it goes as a photo with the role "voice".
  async addVoice(id, file, { duration_s = null } = {}) {
    return this.room.within(this.drafts.addVoice(id, file, duration_s));
  }

  async removePhoto(id, key) {
    return shown(await this.drafts.removePhoto(id, key));
  }

  // The picture itself, to be shown; null once it has left the phone.
  async photo(id, key) {
    const record = await this.records.get(id);
    const photo = record?.photos.find((one) => one.key === key);
    const content = photo && (await this.records.content(id, key));
    return content ? new Blob([content], { type: photo.type }) : null;
  }

  // For good. What waits to be sent must be taken back first.
  async discard(id) {
    const isGone = await this.drafts.discard(id);
    if (!isGone) throw new Refusal("underway");
  }

  // --- sending ---------------------------------------------------------------------------------------------------------

  async send(id) {
    const record = await this.records.change(id, (one) => {
      if (one.state !== "draft") throw new Refusal("not_a_draft");
      one.elapsed_ms ??= elapsed_ms(one.since, one.made_at);
      Object.assign(one, { state: "waiting", undo_until: Date.now() + UNDO_MS, next_at: 0, problem: null });
    });
    this.drafts.release(id);
    this.wake({ isForced: true });
    return shown(record, this.line.now);
  }

  // An act on a matter, made and waiting at once. `about`: { report } or { event }; `photos`: files, or { file, role, taken, duration_s }.
  // It goes after the record `after`: the report it is about, when that is still here.
  async act({ about, step, values = {}, photos = [], expected_state = null, after = null }) {
    const fields = { about, step, values, ...(expected_state && { expected_state }) };
    const record = await this.room.within(this.drafts.act({ fields, photos, after }));
    this.wake({ isForced: true });
    return shown(record, this.line.now);
  }

  // 'draft': nothing had left the phone. 'taking_back': it has, or may have; an act asks the server to take it back.
  async undo(id) {
    let told = "too_late";
    const record = await this.records.change(id, (one) => {
      told = undoes(one);
      if (told === "too_late") return false;
      if (told === "draft") Object.assign(one, { state: "draft", undo_until: null, pause: null });
      else Object.assign(one, { is_wanted_back: true, undo_until: null });
    });
    if (told === "taking_back" && record.answer && !record.taken_back) await takeBack(this.records, record, this.owner);
    this.wake();
    return told;
  }

  // Once more, now: something that waits, or that its owner has looked at. `as_new`: under an id of its own, after a conflict.
  async retry(id, { as_new = false } = {}) {
    const isAnew = as_new || isToBeMadeAnew((await this.records.get(id)) ?? {});
    const record = isAnew ? await this.drafts.fork(id, { state: "waiting", drops: true }) : await this.records.change(id, again);
    this.wake({ isForced: true, isByHand: true });
    return shown(record, this.line.now);
  }

  // What had to be read has been read: it goes to the receipts.
  async acknowledge(id) {
    return shown(await this.drafts.acknowledge(id));
  }

  // After a sign-in, or when somebody has passed the portal.
  resume() {
    this.identity.wait_until = 0;
    return this.wake({ isForced: true, isByHand: true, isSignedIn: true });
  }

  // Asks the server what has become of it, now; the record as it is then.
  async ask(id) {
    const record = await this.records.get(id);
    if (!record?.answer) throw new Refusal("not_sent");
    await askOne(this.sending, record);
    return this.get(id);
  }

  wake(wish) {
    return this.sending.wake(wish).catch((error) => {
      if (this.sending.isClosed) return;
      // Not even what is being sent can be written down: somebody must make room. Tried again with the next sign of life.
      if (error.name === "QuotaExceededError") this.line.pauseInMind("no_space");
      // The store may be gone under us (a browser that clears it): said aloud.
      else globalThis.reportError?.(error);
    });
  }

  // --- looking ---------------------------------------------------------------------------------------------------------

  // All of it, the newest first, with what was received in the last seven days.
  async list() {
    const [records, receipts] = await Promise.all([this.records.list(), this.records.receipts()]);
    return [...records, ...receipts].sort((one, other) => other.order - one.order).map((one) => shown(one, this.line.now));
  }

  async get(id) {
    const record = await this.records.get(id);
    return record && shown(record, this.line.now);
  }

  async receipts() {
    return (await this.records.receipts()).reverse().map((one) => shown(one));
  }

  async counts() {
    const counts = { draft: 0, waiting: 0, sending: 0, needs_you: 0 };
    for (const { state } of await this.records.list()) counts[state] += 1;
    return counts;
  }

  exportAll() {
    return exported(this);
  }

  space() {
    return this.room.told();
  }

  // What this browser can do for us here: over plain http it seals nothing.
  async able() {
    return { sealed: await this.sealing.isSealed(this.owner), web_locks: this.locks.hasWebLocks, worker: this.photos.hasWorker };
  }

  // `listener(record)` with every change, of other tabs too; null when the way to the server has changed. Returns what ends it.
  on(listener) {
    return this.telling.on(listener);
  }

  // --- one phone, several people ---------------------------------------------------------------------------------------

  // Gives what was never sent to a colleague: to the person of this number, or to whoever signs in next.
  async hand_over(options = {}) {
    const counts = await this.locks.alone(`linli-field-send-${this.owner}`, () => handOver(this.records, options.to));
    this.count();
    return counts;
  }

  // How many things of other people are on this phone.
  others() {
    return others(this);
  }

  // `keep` says what becomes of things unsent: true leaves them here, sealed, for their owner's next sign-in; false deletes them.
  async signOut({ keep } = {}) {
    const unsent = (await this.records.list()).length;
    if (unsent && keep === undefined) throw new Refusal("unsent", { unsent });
    await this.close();
    await this.identity.leave();
    if (!keep) await wipe(this);
    badge(0);
  }

  async close() {
    this.stop?.();
    await this.sending.close();
    this.photos.close();
    this.locks.releaseAll();
    this.telling.close();
    this.records.forget();
  }

  changed(record) {
    this.telling.tell(record.body ? shown(record, this.line.now) : record);
    this.count();
  }

  async count() {
    const { waiting, sending, needs_you } = await this.counts();
    badge(waiting + sending + needs_you);
  }
}

const undoes = (record) => {
  if (!record.undo_until || Date.now() > record.undo_until) return "too_late";
  if (isUnderway(record) && record.tries === 0) return "draft";
  return record.kind === "report" && record.state !== "draft" ? "taking_back" : "too_late";
};

const again = (record) => {
  if (record.state === "needs_you" && !record.answer) unfix(record);
  if (record.state !== "needs_you" && !isUnderway(record)) return false;
  Object.assign(record, { state: "waiting", problem: null, pause: null, next_at: 0, gone: 0, strange: 0 });
  for (const photo of record.photos) {
    if (photo.state === "refused") Object.assign(photo, { state: "waiting", received: 0, problem: null, times: 0 });
  }
};
