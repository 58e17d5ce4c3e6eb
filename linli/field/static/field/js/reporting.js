// A report between the first tap and its sending: its draft, its photos, and the place that is still being looked for.
import { Looking } from "./place.js";
import { addShot } from "./shots.js";

const NOWHERE = { fix: null, isLooking: false, refused: false, withPhoto: false, speaks: false };
const JUST_NOW_MS = 5 * 60_000;
const places = new Map();
const adding = new Map();

/** Says `changed` with the id of a report whose place was found or not found. */
export const news = new EventTarget();

/** Where the place of this report stands: `{fix, isLooking, refused, withPhoto, speaks}`, the last two if it was begun with the camera,
 * or by speaking. The fix is the best so far while a better one is still looked for. */
export const placeOf = (id) => {
  const place = places.get(id);
  if (!place) return NOWHERE;
  const { looking, isLooking, withPhoto, speaks } = place;
  return { fix: looking.best, isLooking, refused: looking.refused, withPhoto, speaks };
};

/** Makes the draft with its id, keeps the photo with it, and goes on to "what is it?"; there the microphone is on if it `speaks`. */
export const startReport = async (app, { file, speaks = false, looking = new Looking() }) => {
  const record = await app.outbox.draft({ kind: "report" });
  follow(app, record.id, looking, { withPhoto: Boolean(file), speaks });
  if (file) addPhoto(app, record.id, file, looking);
  app.go("report", record.id);
};

/** The photo, with the place of its shutter. What the outbox says against it comes as a toast. */
export const addPhoto = (app, id, file, looking) => {
  const source = app.door === "staff" || isJustTaken(file) ? "" : "album";
  const added = addShot(app.outbox, id, file, { source, taken: source ? null : (looking?.atShutter() ?? null) }).catch((refusal) => {
    app.toast(app.sayIf(`refused_${refusal.code}`, app.say("refused_photo")), { stays: true });
  });
  adding.set(id, Promise.all([adding.get(id), added]));
  return added;
};

/** Whether the microphone is to be on; once, for the screen may be drawn again. */
export const isToSpeak = (id) => {
  const { speaks } = placeOf(id);
  if (speaks) places.get(id).speaks = false;
  return speaks;
};

/** Residents may choose among their photos; one that is older was made at another time, and perhaps somewhere else. */
const isJustTaken = ({ lastModified }) => Date.now() - lastModified < JUST_NOW_MS;

/** All photos that were taken are with the report. */
export const photosAdded = (id) => adding.get(id);

/** The place once it is found well, or what there is after so many milliseconds: better a rough one, or none, than not sent. */
export const placeSoon = async (id, ms) => {
  const place = places.get(id);
  if (place?.isLooking) await Promise.race([place.ended, new Promise((yes) => setTimeout(yes, ms))]);
  return placeOf(id).fix;
};

const follow = (app, id, looking, { withPhoto, speaks }) => {
  const place = { looking, withPhoto, speaks, isLooking: true };
  const tell = () => news.dispatchEvent(new CustomEvent("changed", { detail: id }));
  places.set(id, place);
  looking.first.then(tell);
  place.ended = looking.ended().then(async (fix) => {
    place.isLooking = false;
    const record = fix && (await app.outbox.get(id));
    if (record?.state === "draft") await app.outbox.keep(id, { ...fix, crs: "wgs84" });
    tell();
  });
};
