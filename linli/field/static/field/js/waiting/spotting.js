// Handled on the spot, in the outbox: one draft with the photos from before and after, so that a phone that kills the app while its
// camera is open loses nothing; sent, it is a report with the one and, behind it, the act `self_handle` with the other.

const STEP = "self_handle";
/** Says of a draft that it is one of these. It stays on the phone. */
export const MARK = { on_the_spot: true };

/** The draft that was begun and not sent, or null. */
export const begun = async (outbox) => {
  const draft = (await outbox.list()).find(({ state, body }) => state === "draft" && body.on_the_spot);
  return draft ? outbox.edit(draft.id) : null;
};

export const photoOf = (record, role) => record?.photos.find((photo) => photo.role === role) ?? null;

/** Keeps the photo of that side, instead of the one there was. */
export const keepPhoto = async (outbox, id, role, file, taken) => {
  await dropPhoto(outbox, id, role);
  await outbox.addPhoto(id, file, { role, taken });
};

export const dropPhoto = async (outbox, id, role) => {
  const photo = photoOf(await outbox.get(id), role);
  if (photo) await outbox.removePhoto(id, photo.key);
};

/** Sends both. The act is made before the report goes: killed in between, the report is a draft still and the act waits for it. */
export const send = async (outbox, id, { text, ...fields }) => {
  const record = await outbox.get(id);
  const after = photoOf(record, "after");
  // Without a photo from before the words are the report's too: a report needs the one or the other.
  await outbox.keep(id, { ...fields, on_the_spot: undefined, text: photoOf(record, "before") ? "" : text });
  const photos = after ? [{ file: await outbox.photo(id, after.key), role: "after", taken: after.taken ?? null }] : [];
  await outbox.act({ about: { report: id }, step: STEP, values: { text }, photos, expected_state: "reported", after: id });
  if (after) await outbox.removePhoto(id, after.key);
  return outbox.send(id);
};
