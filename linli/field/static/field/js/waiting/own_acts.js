// What was done on this phone about a matter, each with how it stands in words: waiting for network, on its way, done, or set
// against what somebody else did meanwhile.
import { copy, fill, part } from "../filling.js";
import { photosReceived, picturesOf, voiceOf } from "../states.js";
import { standingOf } from "./own.js";

/** What its owner should read: it was not done as they meant it. */
const CONFLICTS = new Set(["own_noted", "own_refused", "own_set_aside", "own_needs_you"]);

const photosOf = (record, say) => {
  const [all, here, voice] = [picturesOf(record).length, photosReceived(record), voiceOf(record)];
  const photos = all ? say(here === all ? "photos_all" : "photos_some", { n: all, here }) : "";
  return [photos, voice ? say(voice.state === "received" ? "voice_received" : "voice_waits") : ""].filter(Boolean).join(" · ");
};

const conflictOf = (record) => {
  const sentences = [record.told?.message ?? record.problem?.message, record.told?.by_whom];
  return sentences.filter(Boolean).join(" ");
};

const stateOf = (record, standing, tools) =>
  tools.say(standing, { percent: Math.round((record.progress ?? 0) * 100) });

/** What was only asked about, and was looked at: sent as it is. */
const sendAsItIs = async (outbox, record) => {
  const draft = await outbox.edit(record.id);
  const { look_at } = record.told.error;
  await outbox.keep(draft.id, { values: { ...draft.body.values, as_it_is: look_at.join(" ") } });
  await outbox.send(draft.id);
};

const drawAct = (record, app, tools) => {
  const standing = standingOf(record);
  const element = fill(copy("own-act"), {
    label: tools.sayIf(`act_${record.body.step}`, record.body.step),
    state: stateOf(record, standing, tools),
    words: record.body.values?.text ?? "",
    conflict: CONFLICTS.has(standing),
    conflict_words: CONFLICTS.has(standing) ? conflictOf(record) || tools.say("conflict_plain") : "",
    photos: photosOf(record, tools.say),
    undo: record.state === "waiting" && record.undo_until > Date.now(),
    go: record.state === "draft",
    drop: record.state === "draft",
    again: standing === "own_refused" && record.state === "needs_you",
    as_it_is: standing === "own_refused" && record.state === "needs_you" && Boolean(record.told?.error?.look_at?.length),
    look: record.state === "needs_you",
  });
  element.dataset.standing = standing;
  part(element, "look").href = `#conflict/${record.id}`;
  part(element, "again").addEventListener("click", () => app.outbox.edit(record.id));
  part(element, "as_it_is").addEventListener("click", () => sendAsItIs(app.outbox, record));
  part(element, "go").addEventListener("click", () => app.outbox.send(record.id));
  part(element, "drop").addEventListener("click", () => app.outbox.discard(record.id));
  part(element, "undo").addEventListener("click", async () => app.toast(tools.say(`undo_${await app.outbox.undo(record.id)}`)));
  return element;
};

export const showOwn = (list, acts, app, tools) => list.replaceChildren(...acts.map((act) => drawAct(act, app, tools)));
