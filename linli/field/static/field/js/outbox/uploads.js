// One photo to the server, on from wherever the line broke. docs/intake.md, “Photos and videos”.

const TURNS = 200;
const FROM_THE_BEGINNING = new Set(["hash_differs", "size_differs"]);

export const addressOf = (record, photo) => `/intake/v1/reports/${record.id}/media/${photo.sha256}`;

// `put(method, headers, body)` asks about this photo; `on(received)` hears how far it is. An outcome of `classify`: `kept` only
// with the server's word for this very hash. `photo.unsure`: the line broke while it was sent, nobody knows where.
export const upload = async ({ photo, content, slice_bytes, put, on }) => {
  let at = photo.received;
  if (photo.unsure) {
    const told = await whereabouts(photo, put);
    if (told.outcome) return told.outcome;
    at = told.at;
    await on(at);
  }
  for (let turn = 0; turn < TURNS; turn++) {
    const end = Math.min(at + slice_bytes, photo.size);
    const outcome = await put("PUT", offsets(at, end === photo.size), content.slice(at, end));
    if (outcome.kind === "kept" && isWhole(outcome.body, photo)) return outcome;
    if (FROM_THE_BEGINNING.has(outcome.code)) return { ...outcome, kind: "anew" };
    const next = outcome.kind === "kept" ? outcome.body.received : elsewhere(outcome);
    if (next === null || !(next >= 0) || next > photo.size || (outcome.kind === "kept" && next <= at)) {
      return outcome.kind === "kept" ? { kind: "later", code: "no_progress" } : outcome;
    }
    at = next;
    await on(at);
  }
  return { kind: "later", code: "no_progress" };
};

// An offset, or the outcome that says why it is not known.
const whereabouts = async (photo, put) => {
  const outcome = await put("HEAD", {}, undefined);
  const [at, length] = ["Upload-Offset", "Upload-Length"].map((name) => outcome.headers?.get(name));
  if (/^\d+$/.test(at ?? "") && Number(length) === photo.size) return { at: Number(at) };
  // A body is never sent with a HEAD, so nothing says it was ours but those two.
  return { outcome: outcome.status === 404 ? { ...outcome, kind: "gone" } : outcome };
};

const offsets = (at, isLast) => ({
  "Content-Type": "application/octet-stream",
  "Upload-Offset": String(at),
  "Upload-Complete": isLast ? "?1" : "?0",
});

const isWhole = (body, photo) => body.state === "received" && body.sha256 === photo.sha256 && body.received === photo.size;

const elsewhere = ({ code, headers }) => {
  const said = code === "wrong_offset" ? headers?.get("Upload-Offset") : null;
  return /^\d+$/.test(said ?? "") ? Number(said) : null;
};
