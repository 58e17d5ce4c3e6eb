// Records from the first tap to the bytes that are sent, and what of them the screens see.

import { elapsed_ms, stopwatch } from "./clock.js";
import { newId, sha256 } from "./hashing.js";

export const UNDO_MS = 60_000;
export const MOST_PHOTOS = 9;
// What the words weigh in the bar beside the bytes of the photos.
const WORDS_WEIGH = 20_000;

export const newRecord = ({ owner, door, kind, fields, after = null, state = "draft" }) => {
  const made_at = new Date().toISOString();
  const id = newId();
  return {
    id,
    owner,
    door,
    kind,
    state,
    // Two made within a millisecond keep their order too.
    order: Date.now() + (performance.now() % 1),
    made_at,
    since: stopwatch(),
    elapsed_ms: null,
    body: { ...fields, id, kind, made_at, ...(owner ? { by: owner } : {}) },
    // From the first sending on the content does not change: the server tells two sendings apart by it.
    is_fixed: false,
    photos: [],
    after,
    answer: null,
    told: null,
    problem: null,
    pause: null,
    tries: 0,
    fails: 0,
    next_at: 0,
    not_before: 0,
    undo_until: null,
  };
};

export const VOICE = "voice";
/** A recording goes the way of the photos, and is counted apart. */
export const isVoice = ({ role }) => role === VOICE;

export const newPhoto = (file, { role = "", taken = null, source = "" } = {}) => ({
  key: newId(),
  role,
  source,
  taken,
  size: file.size,
  type: file.type,
  // The time of the file, for want of a better one; a camera's own stands in the picture.
  file_at: file.lastModified ? new Date(file.lastModified).toISOString() : null,
  is_raw: true,
  sha256: "",
  seen: null,
  state: "waiting",
  received: 0,
  problem: null,
});

// As the recorder made it: there is nothing to be scaled. Some browsers name the codec with the type.
export const newVoice = async (file, content, duration_s) => ({
  ...newPhoto(file, { role: VOICE }),
  type: file.type.split(";")[0],
  is_raw: false,
  sha256: await sha256(content),
  duration_s,
});

// The last touch before the first sending.
export const fix = (record, { clock }) => {
  if (record.is_fixed) return;
  record.is_fixed = true;
  record.body = {
    ...record.body,
    elapsed_ms: record.elapsed_ms ?? elapsed_ms(record.since, record.made_at),
    ...(clock && { clock_offset_ms: clock.offset_ms }),
    photos: record.photos.filter(isReady).map(named),
  };
};

// It was refused, so nothing is kept under its id yet: it may be changed.
export const unfix = (record) => {
  record.is_fixed = false;
};

export const isReady = (photo) => !photo.is_raw && photo.sha256 && photo.state !== "refused";
export const isUnderway = ({ state }) => state === "waiting" || state === "sending";
export const mayChange = ({ state, answer }) => !answer && (state === "draft" || state === "needs_you");

const named = ({ sha256, size, type, role, source, taken, seen, file_at }) => ({
  sha256,
  size,
  type,
  ...(role && { role }),
  ...(source && { source }),
  ...(taken && { taken }),
  ...(seen && (seen.taken_at || seen.position) && { seen }),
  ...(file_at && { file_at }),
});

// As the contract of the outbox has it: nothing of tokens and stopwatches. `line` is what is known of the way to the server.
export const shown = (record, line = {}) => {
  const isPaused = isUnderway(record);
  return {
    id: record.id,
    owner: record.owner,
    kind: record.kind,
    state: record.state,
    progress: progress(record),
    made_at: record.made_at,
    elapsed_ms: record.elapsed_ms,
    body: record.body,
    photos: record.photos.map(shownPhoto),
    answer: record.answer,
    told: record.told,
    told_at: record.told_at ?? null,
    problem: record.problem,
    pause: isPaused ? (line.pause ?? record.pause ?? null) : null,
    tries: record.tries,
    next_at: isPaused ? Math.max(record.next_at, line.next_at ?? 0) || null : null,
    undo_until: record.undo_until,
    after: record.after,
    is_taken_back: Boolean(record.taken_back),
    ...(record.handed_over_by && { handed_over_by: record.handed_over_by }),
  };
};

export const shownPhoto = ({ key, sha256, size, type, role, taken, duration_s, state, received, problem }) => {
  return { key, sha256, size, type, role, taken, duration_s, state, received, problem };
};

const progress = (record) => {
  if (record.state === "received") return 1;
  const photos = record.photos.filter(({ state }) => state !== "refused");
  const all = photos.reduce((sum, photo) => sum + photo.size, WORDS_WEIGH);
  const here = photos.reduce((sum, photo) => sum + (photo.state === "received" ? photo.size : photo.received), 0);
  return ((record.answer ? WORDS_WEIGH : 0) + here) / all;
};
