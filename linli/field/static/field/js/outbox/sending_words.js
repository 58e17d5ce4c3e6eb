// The words of a record: what must be there before they go, and what their arrival means.

import { fix, isReady, isUnderway, newRecord } from "./making.js";

// Its photos are scaled, and what it follows has been kept.
export const isReadyToGo = async ({ records }, { id, after }) => {
  if (!after) return true;
  const base = await records.get(after);
  if (base) return Boolean(base.answer);
  await records.change(id, (record) => {
    Object.assign(record, { state: "needs_you", problem: { code: "base_gone" } });
  });
  return false;
};

// Written down as being sent, with its content fixed; null when somebody was quicker.
export const prepareToGo = async ({ records, clock, identity }, id) => {
  const token = identity.isStaff ? null : await identity.token();
  let isGoing = false;
  const record = await records.change(id, (one) => {
    isGoing = isUnderway(one) && !one.answer;
    if (!isGoing) return false;
    fix(one, { clock: clock.known });
    if (token !== null) one.token ??= token;
    Object.assign(one, { state: "sending", tries: one.tries + 1, pause: null });
  });
  return isGoing ? record : null;
};

// The server has them on its disk.
export const wordsKept = async ({ records, owner }, { id }, { body }) => {
  let wantsBack = false;
  const record = await records.change(id, (one) => {
    const isAll = !one.photos.some((photo) => isReady(photo) && photo.state !== "received");
    wantsBack = Boolean(one.is_wanted_back) && !one.taken_back;
    Object.assign(one, { answer: body, kept_at: Date.now(), fails: 0, next_at: 0, not_before: 0, problem: null, asks: 0, ask_at: 0 });
    if (isAll) end(one);
  });
  if (wantsBack) await takeBack(records, record, owner);
};

// Everything is there, but for photos that never could be.
export const end = (record) => {
  const refused = record.photos.find(({ state }) => state === "refused");
  if (refused && !record.is_settled) Object.assign(record, { state: "needs_you", problem: { ...refused.problem, field: "photos" } });
  else Object.assign(record, { state: "received", problem: null });
};

// An act that takes a report back which the server has kept already.
export const takeBack = async (records, report, owner) => {
  const fields = { about: { report: report.id }, step: "take_back", values: {} };
  const act = newRecord({ owner, door: report.door, kind: "act", fields, after: report.id, state: "waiting" });
  if (report.token !== undefined) act.token = report.token;
  await records.create(act);
  await records.change(report.id, (one) => void (one.taken_back = act.id));
};
