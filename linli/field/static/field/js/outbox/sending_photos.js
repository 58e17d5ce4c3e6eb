// The photos of records whose words are kept: one after the other, each let go of only at the server's word for its very hash.

import { isReady, isUnderway, isVoice } from "./making.js";
import { end } from "./sending_words.js";
import { addressOf, upload } from "./uploads.js";

const MOST_ANEW = 3;

export const sendPhotos = async (sending) => {
  const due = (await sending.records.list()).filter((record) => record.answer && sending.isDue(record));
  for (const { id } of due) await photosOf(sending, id);
};

const photosOf = async (sending, id) => {
  const record = await sending.records.change(id, (one) => {
    if (!isUnderway(one)) return false;
    Object.assign(one, { state: "sending", pause: null });
  });
  for (const photo of record.photos.filter(isToSend)) {
    const outcome = await sendOne(sending, record, photo);
    if (outcome.kind === "bad") await refuse(sending, record, photo, outcome);
    else if (outcome.kind !== "kept") return sending.heard(record, outcome);
    else await sending.heard(record, outcome, () => received(sending, record, photo));
  }
  await sending.records.change(id, (one) => {
    if (!isUnderway(one) || !one.answer || one.photos.some(isToSend)) return false;
    end(one);
  });
};

const isToSend = (photo) => isReady(photo) && photo.state !== "received";

const sendOne = async (sending, record, photo) => {
  const content = await sending.records.content(record.id, photo.key);
  if (!content) return { kind: "bad", code: isVoice(photo) ? "voice_lost" : "photo_lost" };
  const address = addressOf(record, photo);
  const put = (method, headers, body) =>
    sending.asked(record, (sender) => {
      return sending.asking.ask(address, { method, headers, body, sender, tries: record.tries, id: record.id, needs: "received" });
    });
  const on = (received) => note(sending, record, photo, { received, state: "coming" });
  const outcome = await upload({ photo, content, slice_bytes: sending.settings.slice_bytes, put, on });
  if (outcome.kind === "anew") return anew(sending, record, photo, outcome);
  // The line broke: ask where to go on. Asked already: try, the server corrects it; else a line that drops each second request
  // would never let a photo through.
  if (outcome.kind !== "kept") await note(sending, record, photo, { unsure: !photo.unsure });
  return outcome;
};

const anew = async (sending, record, photo, outcome) => {
  const times = (photo.times ?? 0) + 1;
  await note(sending, record, photo, { received: 0, state: "waiting", unsure: false, times });
  return { ...outcome, kind: times < MOST_ANEW ? "later" : "bad" };
};

const received = ({ records }, { id, kind }, { key }) =>
  records.change(
    id,
    (one) => {
      const photo = one.photos.find((photo) => photo.key === key);
      Object.assign(photo, { state: "received", received: photo.size, problem: null });
      Object.assign(one, { fails: 0, next_at: 0, not_before: 0 });
    },
    // Photos of an act stay until it is known what became of it: refused, it may be made anew.
    { drop: kind === "report" ? [key] : [] },
  );

const refuse = (sending, record, photo, { code, message }) =>
  note(sending, record, photo, { state: "refused", problem: { code, ...(message && { message }) } });

const note = ({ records }, { id }, { key }, news) =>
  records.change(id, (one) => {
    const photo = one.photos.find((photo) => photo.key === key);
    if (!photo) return false;
    Object.assign(photo, news);
  });
