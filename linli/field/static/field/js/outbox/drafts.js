// Drafts, until they are sent: open in one tab at a time, every word and photo on the disk at once.

import { isVoice, mayChange, MOST_PHOTOS, newPhoto, newRecord, newVoice, shownPhoto, UNDO_MS, unfix } from "./making.js";
import { newId } from "./hashing.js";
import { isRefused } from "./asking_after.js";
import { Refusal } from "./refusing.js";
import { end } from "./sending_words.js";

const lockOf = (id) => `linli-field-draft-${id}`;

export class Drafts {
  constructor({ records, photos, locks, room, owner, door }) {
    Object.assign(this, { records, photos, locks, room, owner, door, turns: new Map() });
  }

  async make({ kind, fields, after }) {
    const record = newRecord({ owner: this.owner, door: this.door, kind, fields, after });
    await this.locks.hold(lockOf(record.id));
    return this.records.create(record);
  }

  // Two tabs with one draft would be two reports with one id.
  async edit(id) {
    const record = await this.records.get(id);
    if (!record) throw new Refusal("unknown_record");
    if (isToBeMadeAnew(record)) return this.fork(id, { state: "draft", drops: true });
    if (!mayChange(record)) throw new Refusal("not_a_draft");
    return (await this.locks.hold(lockOf(id))) ? record : this.fork(id, { state: "draft", drops: false });
  }

  keep(id, { kind: _kind, id: _id, ...fields }) {
    return this.inTurn(id, async () => {
      await this.requireHold(id);
      return this.records.change(id, (record) => {
        requireChangeable(record);
        unfix(record);
        Object.assign(record.body, fields);
      });
    });
  }

  // What was typed first must not be written last: a change that met another begins anew, and would be overtaken.
  inTurn(id, work) {
    const turn = (this.turns.get(id) ?? Promise.resolve()).catch(() => {}).then(work);
    this.turns.set(id, turn);
    return turn;
  }

  async addPhoto(id, file, about) {
    await this.requireHold(id);
    await this.requireRoomFor(file);
    const photo = newPhoto(file, about);
    const content = await file.arrayBuffer();
    const add = (record) => {
      requireChangeable(record);
      if (record.photos.filter((one) => !isVoice(one)).length >= MOST_PHOTOS) throw new Refusal("too_many_photos", { most: MOST_PHOTOS });
      unfix(record);
      record.photos.push(photo);
    };
    await this.records.change(id, add, { put: [{ key: photo.key, content }] });
    this.prepareSoon(id, photo.key);
    return shownPhoto(photo);
  }

  // One voice note a record: another takes the place of the first.
  async addVoice(id, file, duration_s) {
    await this.requireHold(id);
    await this.requireRoomFor(file, "audio/");
    const content = await file.arrayBuffer();
    const voice = await newVoice(file, content, duration_s);
    const former = ((await this.records.get(id))?.photos ?? []).filter(isVoice).map(({ key }) => key);
    const add = (record) => {
      requireChangeable(record);
      unfix(record);
      record.photos = [...record.photos.filter((one) => !isVoice(one)), voice];
    };
    await this.records.change(id, add, { put: [{ key: voice.key, content }], drop: former });
    return shownPhoto(voice);
  }

  async removePhoto(id, key) {
    const remove = (record) => {
      requireChangeable(record);
      unfix(record);
      record.photos = record.photos.filter((photo) => photo.key !== key);
    };
    return this.records.change(id, remove, { drop: [key] });
  }

  async act({ fields, photos, after }) {
    const record = newRecord({ owner: this.owner, door: this.door, kind: "act", fields, state: "waiting" });
    record.undo_until = Date.now() + UNDO_MS;
    const base = fields.about?.report ? await this.records.get(fields.about.report) : null;
    // The server knows a resident's acts by the token of the report they are about.
    if (base?.token !== undefined) record.token = base.token;
    record.after = after ?? (base && !base.answer ? base.id : null);
    const contents = [];
    for (const { file, ...about } of fitting(photos)) {
      await this.requireRoomFor(file, isVoice(about) ? "audio/" : "image/");
      const content = await file.arrayBuffer();
      const photo = isVoice(about) ? await newVoice(file, content, about.duration_s) : newPhoto(file, about);
      record.photos.push(photo);
      contents.push({ key: photo.key, content });
    }
    return this.records.create(record, contents);
  }

  // A copy with an id of its own, photos and all; `drops` the first.
  async fork(id, { state, drops }) {
    const first = await this.records.get(id);
    if (!first) throw new Refusal("unknown_record");
    const { kind, body, since, made_at, photos, after, elapsed_ms } = first;
    const copy = newRecord({ owner: this.owner, door: this.door, kind, fields: body, after, state });
    copy.body = { ...body, id: copy.id, made_at };
    Object.assign(copy, { since, made_at, elapsed_ms });
    const contents = [];
    for (const photo of photos) {
      const content = await this.records.content(id, photo.key);
      if (!content) continue;
      const key = newId();
      copy.photos.push({ ...photo, key, received: 0, unsure: false, times: 0, state: photo.is_raw || photo.sha256 ? "waiting" : photo.state });
      contents.push({ key, content });
    }
    await this.locks.hold(lockOf(copy.id));
    await this.records.create(copy, contents);
    if (drops && !first.answer) await this.records.remove(id);
    else if (drops) await this.acknowledge(id);
    return copy;
  }

  // Somebody has read what there was to read: it is a receipt now.
  async acknowledge(id) {
    const keys = (await this.records.get(id))?.photos.map(({ key }) => key) ?? [];
    const alter = (record) => {
      if (record.state !== "needs_you" || !record.answer) return false;
      record.is_settled = true;
      end(record);
    };
    return this.records.change(id, alter, { drop: keys });
  }

  async discard(id) {
    const isGone = await this.records.remove(id, ({ state }) => state === "draft" || state === "needs_you");
    this.release(id);
    return isGone;
  }

  release(id) {
    this.turns.delete(id);
    this.locks.release(lockOf(id));
  }

  prepareSoon(id, key) {
    this.photos.prepare(id, key).catch((error) => {
      // No room for the small one beside the camera's own: it is made before it is sent, when there is.
      if (error.name !== "QuotaExceededError") globalThis.reportError?.(error);
    });
  }

  async requireRoomFor(file, begins = "image/") {
    if (!(file instanceof Blob) || !file.size) throw new Refusal(begins === "audio/" ? "voice_empty" : "photo_unreadable");
    if (file.type && !file.type.startsWith(begins)) throw new Refusal(begins === "audio/" ? "not_a_voice" : "not_a_photo");
    await this.room.requireFor(file.size);
  }

  async requireHold(id) {
    if (!(await this.locks.hold(lockOf(id)))) throw new Refusal("open_elsewhere");
  }
}

// An act that the server has kept and then refused: another one, with an id of its own.
export const isToBeMadeAnew = (record) => record.state === "needs_you" && record.kind === "act" && isRefused(record.told);

// Files, or { file, role, … }: nine photos and one voice note at most.
const fitting = (photos) => {
  const all = photos.map((given) => (given instanceof Blob ? { file: given } : given));
  return [...all.filter((one) => !isVoice(one)).slice(0, MOST_PHOTOS), ...all.filter(isVoice).slice(0, 1)];
};

const requireChangeable = (record) => {
  if (!mayChange(record)) throw new Refusal("not_a_draft");
};
