// Where a voice note of a record can be heard: from this phone while it is on it, for the staff from the server after that.
import { fill, part } from "../filling.js";
import { urlOf } from "../shots.js";
import { length } from "./voicing.js";

export const voiceUrl = async (app, record, voice) => {
  const here = await urlOf(app.outbox, record.id, voice.key);
  return here ?? (app.door === "staff" && voice.state === "received" ? `/media/${voice.sha256}/voice` : null);
};

/** Fills `place` with the voice note of a record: how long it is, how it stands, and a button to hear it. Hidden without one. */
export const showHeard = async (place, app, record, voice) => {
  place.hidden = !voice;
  if (!voice) return;
  const where = await voiceUrl(app, record, voice);
  const state = voice.state === "refused" ? (voice.problem?.message ?? app.say("photo_refused")) : voice.state === "received" ? app.say("photo_received") : "";
  fill(place, { heard_length: app.say("voice_length", { length: length(voice.duration_s ?? 0) }), heard_state: state, heard_sound: Boolean(where) });
  const sound = part(place, "heard_sound");
  // Not put in place anew while somebody listens.
  if (where && sound.getAttribute("src") !== where) sound.src = where;
};
