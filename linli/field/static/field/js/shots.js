// Photos on their way into the outbox: shown at once, from the camera's own file, while the phone still makes them smaller.
import { part, repeat } from "./filling.js";
import { picturesOf } from "./states.js";

const fresh = new Map();

/** Keeps the file as a photo of the record; `taken`, its place, may still be on its way. Rejects with the outbox's refusal (`no_space`, `too_many`, …). */
export const addShot = async (outbox, id, file, { taken = null, ...more } = {}) => {
  const list = fresh.get(id) ?? [];
  const shot = { url: URL.createObjectURL(file), key: null };
  fresh.set(id, [...list, shot]);
  try {
    const photo = await outbox.addPhoto(id, file, { ...more, taken: await taken });
    shot.key = photo?.key ?? null;
  } catch (refusal) {
    drop(id, shot);
    throw refusal;
  }
};

const drop = (id, shot) => {
  URL.revokeObjectURL(shot.url);
  fresh.set(id, (fresh.get(id) ?? []).filter((one) => one !== shot));
};

/** Where the picture of a photo is to be seen: the camera's own file, or what the outbox has kept; null when it is gone. */
export const urlOf = async (outbox, id, key) => {
  const shot = (fresh.get(id) ?? []).find((one) => one.key === key);
  if (shot) return shot.url;
  const blob = await outbox.photo(id, key);
  if (!blob) return null;
  const kept = { url: URL.createObjectURL(blob), key };
  fresh.set(id, [...(fresh.get(id) ?? []), kept]);
  return kept.url;
};

/** Shows the record's photos in `place`, a list with a template. `removed(key)` is called by the cross; none without it. */
export const showShots = async (outbox, record, place, { removed, words } = {}) => {
  const photos = picturesOf(record);
  const urls = await Promise.all(photos.map((photo) => urlOf(outbox, record.id, photo.key)));
  const shown = photos.map((photo, index) => ({ photo, url: urls[index] })).filter(({ url }) => url);
  const waiting = (fresh.get(record.id) ?? []).filter((one) => !one.key).map(({ url }) => ({ photo: null, url }));
  repeat(place, [...shown, ...waiting], (one, { photo, url }) => {
    part(one, "image").src = url;
    const off = part(one, "off");
    if (off) {
      off.hidden = !removed || !photo;
      off.addEventListener("click", () => removed(photo.key));
    }
    const state = part(one, "state");
    if (!state) return;
    state.textContent = photo && words ? words(photo) : "";
    state.hidden = !state.textContent;
  });
};

export const forgetShots = (id) => {
  for (const { url } of fresh.get(id) ?? []) URL.revokeObjectURL(url);
  fresh.delete(id);
};
