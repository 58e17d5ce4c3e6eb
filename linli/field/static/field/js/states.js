// The states of what is on this phone, in words; the colour only helps.
import { say, sayIf } from "./words.js";

/** `{words, mark}`: the words, and the name of the colour. */
export const stateOf = (record) => {
  const { state, pause, progress, told } = record;
  if (state === "sending") return { words: say("state_sending", { percent: `${Math.round((progress ?? 0) * 100)} %` }), mark: "sending" };
  if (state === "waiting" && pause) return { words: sayIf(`state_waiting_${pause}`, say("state_waiting")), mark: "waiting" };
  if (state === "received" && told?.number) return { words: say("state_received_number", { number: told.number }), mark: "received" };
  return { words: sayIf(`state_${state}`, state), mark: state };
};

export const showState = (place, record) => {
  const { words, mark } = stateOf(record);
  place.hidden = false;
  place.textContent = words;
  place.className = `state state-of-${mark}`;
};

/** A number for those that have none yet: the first digits of the id, which the server knows too. */
export const provisional = (record) => record.id.slice(0, 4).toUpperCase();

/** What is seen of a record, and the one that is heard, or null. */
export const picturesOf = ({ photos = [] }) => photos.filter(({ role }) => role !== "voice");
export const voiceOf = ({ photos = [] }) => photos.find(({ role }) => role === "voice") ?? null;

export const photosReceived = (record) => picturesOf(record).filter((one) => one.state === "received").length;
