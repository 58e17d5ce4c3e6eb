// From one holder of the phone to the next: hand-over on purpose, sign-out with something unsent, and what the next one may know.

import { got } from "./store.js";
import { keyName } from "./sealing.js";
import { tokenName } from "./owner.js";
import { Records } from "./records.js";
import { Refusal } from "./refusing.js";

// What is given to whoever of the staff signs in next.
export const NEXT = "next";

// Gives what has never been on the line to somebody else: `to` is a person's number, or NEXT. What may have arrived already stays,
// for under another name the server would take it for another report. { given, kept } are counts.
export const handOver = async (from, to = NEXT) => {
  if (to === from.owner) throw new Refusal("same_person");
  const [given, all] = [new Set(), await from.list()];
  for (const record of all) {
    // An act on a report goes where its report goes: to others the report is not known.
    const base = record.after ?? record.body.about?.report;
    if ((!base || given.has(base)) && (await moved(from, record.id, to, isNew))) given.add(record.id);
  }
  return { given: given.size, kept: all.length - given.size };
};

// What was given to whoever comes next is theirs from now on.
export const adopt = async (mine) => {
  const left = new Records(mine.store, mine.sealing, NEXT, () => {});
  let count = 0;
  for (const { id } of await left.list()) count += await moved(left, id, mine.owner);
  return count;
};

const isNew = (record) => record.tries === 0 && !record.answer && !record.unreadable;

// Sealed anew under the other's key and taken from the one in the same transaction, if `may(record)` says so of what is there at
// that moment: a photo may just have been scaled. True when it is the other's now.
const moved = async (from, id, to, may = () => true) => {
  for (;;) {
    const row = await from.row(id);
    const record = row && (await from.opened(row));
    if (!record || !may(record)) return false;
    if (await swapped(from, row, await made(from, row, record, to))) {
      from.changed({ ...record, state: "handed_over" });
      return true;
    }
  }
};

// { sealed, blobs }: what is theirs from then on.
const made = async (from, row, record, to) => {
  const theirs = new Records(from.store, from.sealing, to);
  const next = { ...record, owner: to, handed_over_by: record.handed_over_by ?? from.owner };
  next.body = { ...next.body, handed_over_by: next.handed_over_by };
  if (to !== NEXT) next.body.by = to;
  const contents = [];
  for (const { key } of record.photos) {
    const content = await from.content(record.id, key);
    if (content) contents.push({ key, content });
  }
  const [sealed, blobs] = await Promise.all([theirs.sealed(next, row.rev + 1), theirs.sealedBlobs(record.id, contents)]);
  return { sealed, blobs };
};

const swapped = (from, row, { sealed, blobs }) =>
  from.store.write(["records", "blobs"], async (stores) => {
    if ((await got(stores.records.get(row.id)))?.rev !== row.rev) return false;
    stores.records.put(sealed);
    for (const blob of blobs) stores.blobs.put(blob);
    return true;
  });

// How many things of others lie on this phone: their number, and nothing else of them.
export const others = async ({ store, owner }) => {
  const rows = await store.read(["records"], ({ records }) => got(records.index("owner").getAll()));
  return rows.filter((row) => row.owner !== owner).length;
};

// Everything of this owner goes, the key first: what the disk may still hold of it is noise.
export const wipe = async ({ store, owner, sealing }) => {
  await store.write(["meta", "records", "receipts", "blobs"], async ({ meta, ...stores }) => {
    for (const name of [keyName(owner), tokenName(owner), `line:${owner}`]) meta.delete(name);
    for (const each of Object.values(stores)) {
      for (const key of await got(each.index("owner").getAllKeys(owner))) each.delete(key);
    }
  });
  sealing.forget();
};
