// A record in a line: what it is, and what is to be said about it.
import { photosReceived, picturesOf, voiceOf } from "./states.js";
import { moment } from "./times.js";
import { say, sayIf } from "./words.js";

/** "Blocked drain", "Signed for: …": the category or step, else the first words. */
export const titleOf = ({ kind, body }, reference) => {
  const words = (body.text ?? body.values?.text ?? "").slice(0, 40);
  if (kind === "act") return [sayIf(`act_${body.step}`, say("act_other")), words].filter(Boolean).join(" · ");
  return reference.categoryName(body.category) || words || say("untitled");
};

/** Where a draft is gone on with: the parts of an address. */
export const draftAt = ({ id, kind, body }) => {
  if (kind === "act" && body.about?.event) return ["task", body.about.event];
  return body.on_the_spot ? ["spot"] : ["report", id];
};

/** When it was made, how many of its photos have arrived, and its voice note. */
export const aboutIt = (record) => {
  const [all, voice] = [picturesOf(record).length, voiceOf(record)];
  const photos = all ? say("photos_received", { n: photosReceived(record), of: all }) : "";
  return [moment(record.made_at), photos, voice ? say(voice.state === "received" ? "voice_received" : "voice_waits") : ""].filter(Boolean).join(" · ");
};

/** What is wrong with it: the server's own sentence, else ours for the code, else a general one. */
export const problemOf = ({ problem }) => (problem ? problem.message || sayIf(`refused_${problem.code}`, say("refused_other")) : "");
