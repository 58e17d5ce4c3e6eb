// Photos of a record: kept at once as the camera made them, then scaled in a worker and kept anew. What was not scaled when the
// page ended is scaled the next time, before it is sent.

import { Refusal } from "./refusing.js";
import { scaled } from "./scaling.js";

// A worker that says nothing for so long is not going to.
const PATIENCE_MS = 60_000;

export class Photos {
  constructor({ records, long_edge, hasWorker = canDrawInWorker() }) {
    Object.assign(this, { records, long_edge, hasWorker, underway: new Map(), waiting: new Map(), worker: null, turn: 0 });
  }

  // Makes all of a record's ready for sending; its newest state.
  async prepareAll(record) {
    for (const { key, is_raw, state } of record.photos) if (is_raw && state !== "refused") await this.prepare(record.id, key);
    return this.records.get(record.id);
  }

  // Once at a time for one photo.
  prepare(id, key) {
    const name = `${id} ${key}`;
    if (!this.underway.has(name)) this.underway.set(name, this.prepared(id, key).finally(() => this.underway.delete(name)));
    return this.underway.get(name);
  }

  async prepared(id, key) {
    const buffer = await this.records.content(id, key);
    if (!buffer) return this.refuse(id, key, "photo_lost");
    const photo = (await this.records.get(id))?.photos.find((one) => one.key === key && one.is_raw);
    if (!photo) return;
    let result;
    try {
      result = await this.scale(buffer, photo.type);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return this.refuse(id, key, error.code);
    }
    await this.keep(id, key, result);
  }

  async keep(id, key, { content, sha256, type, seen }) {
    const alter = (record) => {
      const photo = record.photos.find((one) => one.key === key);
      if (!photo?.is_raw) return false;
      Object.assign(photo, { is_raw: false, sha256, type, seen, size: content.byteLength });
    };
    await this.records.change(id, alter, { put: [{ key, content }] }).catch(passOver("unknown_record"));
  }

  async refuse(id, key, code) {
    const alter = (record) => {
      const photo = record.photos.find((one) => one.key === key);
      if (!photo) return false;
      Object.assign(photo, { state: "refused", problem: { code } });
    };
    await this.records.change(id, alter).catch(passOver("unknown_record"));
  }

  async scale(buffer, type) {
    const limits = { long_edge: this.long_edge };
    if (this.hasWorker) {
      const answer = await this.inWorker(buffer.slice(0), type, limits);
      if (answer?.result) return answer.result;
      if (answer) throw new Refusal(answer.code);
      this.hasWorker = false;
    }
    return scaled(buffer, type, limits);
  }

  // What the worker answered; null when there is none or it fell silent.
  inWorker(buffer, type, limits) {
    const id = ++this.turn;
    return new Promise((answer) => {
      const given = (told) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        answer(told);
      };
      const timer = setTimeout(() => given(null), PATIENCE_MS);
      this.waiting.set(id, given);
      try {
        this.started().postMessage({ id, buffer, type, limits }, [buffer]);
      } catch {
        given(null);
      }
    });
  }

  started() {
    if (this.worker) return this.worker;
    this.worker = new Worker(new URL("./photo_worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.waiting.get(data.id)?.(data);
    this.worker.onerror = () => {
      for (const given of [...this.waiting.values()]) given(null);
    };
    return this.worker;
  }

  close() {
    this.worker?.terminate();
    this.worker = null;
  }
}

const passOver = (code) => (error) => {
  if (error.code !== code) throw error;
};

const canDrawInWorker = () => Boolean(globalThis.Worker && globalThis.OffscreenCanvas?.prototype.convertToBlob);
