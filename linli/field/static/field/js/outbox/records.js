// The records of one owner: sealed rows, each changed as a whole or not at all, whoever else writes at the same time.
//
// In the open stand only the id, whose it is, how often it was changed, and for a receipt until when it is kept. What the server
// has said yes to moves to the receipts; its photos go one by one, each with the server's word for that very hash.

import { Refusal } from "./refusing.js";
import { got } from "./store.js";

export const RECEIPT_MS = 7 * 24 * 3600_000;
const PLACES = ["records", "receipts"];

export class Records {
  // `changed(record)` hears of every write.
  constructor(store, sealing, owner, changed = () => {}) {
    // What was opened once, by its id and how often it was changed: each change of one is followed by a look at all.
    Object.assign(this, { store, sealing, owner, changed, known: new Map() });
  }

  // With its photos, in one transaction. `contents` is [{ key, content }].
  async create(record, contents = []) {
    const [row, blobs] = await Promise.all([this.sealed(record, 1), this.sealedBlobs(record.id, contents)]);
    await this.store.write(["records", "blobs"], (stores) => {
      stores.records.add(row);
      for (const blob of blobs) stores.blobs.put(blob);
    });
    this.changed(record);
    return record;
  }

  async get(id) {
    const row = await this.row(id);
    return row ? this.opened(row) : null;
  }

  // What has not been said yes to, the oldest first.
  list() {
    return this.in("records");
  }

  receipts() {
    return this.in("receipts");
  }

  // Lets `alter(record)` change it, and keeps it with the photos to `put` and without those to `drop`; false from `alter` leaves
  // all as it was. Asked again when another tab was quicker, so it must do nothing else.
  async change(id, alter, { put = [], drop = [] } = {}) {
    const blobs = await this.sealedBlobs(id, put);
    for (;;) {
      const row = await this.row(id);
      if (!row) throw new Refusal("unknown_record");
      const record = await this.opened(row);
      if (record.unreadable) throw new Refusal("unreadable");
      if (alter(record) === false) return record;
      const next = await this.sealed(record, row.rev + 1);
      if (await this.swapped(row, next, place(record), blobs, drop)) {
        this.changed(record);
        return record;
      }
    }
  }

  // With its photos. `may(record)` is asked of what is there at that moment.
  async remove(id, may = () => true) {
    for (;;) {
      const row = await this.row(id);
      if (!row) return false;
      const record = await this.opened(row);
      if (!may(record)) return false;
      if (await this.swapped(row, null, null, [], "all")) {
        this.known.delete(id);
        this.changed({ ...record, state: "discarded" });
        return true;
      }
    }
  }

  // The bytes of a photo, or null when they are not (or no longer) here.
  async content(id, key) {
    const row = await this.store.get("blobs", [id, key]);
    return row && row.owner === this.owner ? this.sealing.open(this.owner, aboutBlob(row), row) : null;
  }

  async forgetOldReceipts(now = Date.now()) {
    await this.store.write(["receipts", "blobs"], async ({ receipts, blobs }) => {
      for (const row of await got(receipts.getAll())) {
        if (!(row.until < now)) continue;
        receipts.delete(row.id);
        for (const key of await got(blobs.index("record").getAllKeys(row.id))) blobs.delete(key);
      }
    });
  }

  // The next person's screen has none of it.
  forget() {
    this.known.clear();
    this.sealing.forget();
  }

  async in(place) {
    const rows = await this.store.all(place, "owner", this.owner);
    const records = await Promise.all(rows.map((row) => this.opened(row)));
    return records.sort((one, other) => one.order - other.order);
  }

  async row(id) {
    const row = await this.store.read(PLACES, async (stores) => (await got(stores.records.get(id))) ?? got(stores.receipts.get(id)));
    return row?.owner === this.owner ? row : null;
  }

  swapped(row, next, where, blobs, drop) {
    return this.store.write([...PLACES, "blobs"], async (stores) => {
      const now = (await got(stores.records.get(row.id))) ?? (await got(stores.receipts.get(row.id)));
      if (now?.rev !== row.rev || now.owner !== row.owner) return false;
      for (const place of PLACES) if (place !== where) stores[place].delete(row.id);
      if (next) stores[where].put(next);
      for (const blob of blobs) stores.blobs.put(blob);
      const gone = drop === "all" ? (await got(stores.blobs.index("record").getAllKeys(row.id))).map(([, key]) => key) : drop;
      for (const key of gone) stores.blobs.delete([row.id, key]);
      return true;
    });
  }

  async sealed(record, rev) {
    // What may still be refused has no end yet.
    const isSettled = record.kind !== "act" || record.told?.outcome || record.is_settled;
    const until = record.state === "received" && isSettled ? record.kept_at + RECEIPT_MS : null;
    const box = await this.sealing.sealValue(this.owner, aboutRecord(this.owner, record.id), record);
    return { id: record.id, owner: this.owner, rev, ...(until && { until }), ...box };
  }

  async sealedBlobs(record, contents) {
    const rows = contents.map(({ key, content }) => ({ row: { record, key, owner: this.owner }, content }));
    return Promise.all(
      rows.map(async ({ row, content }) => ({ ...row, ...(await this.sealing.seal(this.owner, aboutBlob(row), content)) })),
    );
  }

  async opened(row) {
    const known = this.known.get(row.id);
    if (known?.rev === row.rev) return JSON.parse(known.text);
    try {
      const text = await this.sealing.openText(row.owner, aboutRecord(row.owner, row.id), row);
      this.known.set(row.id, { rev: row.rev, text });
      return JSON.parse(text);
    } catch {
      // Its key is lost. It is shown all the same, and nobody deletes it but its owner.
      return unreadable(row);
    }
  }
}

const place = (record) => (record.state === "received" ? "receipts" : "records");
const aboutRecord = (owner, id) => `record ${owner} ${id}`;
const aboutBlob = ({ owner, record, key }) => `blob ${owner} ${record} ${key}`;

const unreadable = ({ id, owner }) => ({
  id,
  owner,
  kind: "report",
  state: "needs_you",
  problem: { code: "unreadable" },
  unreadable: true,
  body: {},
  photos: [],
  made_at: new Date(0).toISOString(),
  order: 0,
  tries: 0,
});
