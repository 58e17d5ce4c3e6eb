// All that lies on this phone, in honest states; each can be tried again, mended, saved as a file or thrown away by its owner.
import { aboutIt, draftAt, problemOf, titleOf } from "../describing.js";
import { fill, part, repeat } from "../filling.js";
import { fileName, saveFile } from "../saving.js";
import { showState } from "../states.js";

const MB = 1024 * 1024;
/** The receipt of a report, or the task that an act is about. */
const matterOf = ({ id, kind, body }) => {
  if (body.about?.event) return ["task", body.about.event];
  return ["receipt", kind === "report" ? id : body.about?.report];
};
/** Where a thing in this state is gone on with, and the words of the button; none for what goes by itself. */
const OPENS = {
  draft: draftAt,
  needs_you: (record) => ["conflict", record.id],
  waiting: (record) => matterOf(record),
  sending: (record) => matterOf(record),
  received: (record) => matterOf(record),
};

export default async (root, app) => {
  const show = async () => {
    const all = await app.outbox.list();
    const unsent = all.filter(({ state }) => state !== "received");
    const received = all.filter(({ state }) => state === "received");
    fill(root, { empty: !all.length, unsent: unsent.length > 0, received: received.length > 0, export: all.length > 0 });
    repeat(part(root, "unsent_list"), unsent, (row, record) => showUnsent(row, record, app));
    repeat(part(root, "received_list"), received, (row, record) => {
      link(part(row, "link"), OPENS.received(record));
      fill(row, { title: titleOf(record, app.reference), about: aboutIt(record) });
      showState(part(row, "state"), record);
    });
    showPause(root, app, unsent);
    await showSpace(root, app);
  };
  await app.reference.get();
  part(root, "export").addEventListener("click", async () => saveFile(await app.outbox.exportAll(), fileName()));
  part(root, "send_all").addEventListener("click", () => app.outbox.resume());
  const others = await app.outbox.others();
  fill(root, { others: others > 0 && app.say("others", { n: others }) });
  await show();
  return { changed: show };
};

const link = (place, parts) => {
  if (parts?.every(Boolean)) place.href = `#${parts.join("/")}`;
  else place.removeAttribute("href");
};

const showUnsent = (row, record, app) => {
  const opens = OPENS[record.state](record);
  link(part(row, "link"), opens);
  fill(row, { title: titleOf(record, app.reference), about: aboutIt(record), problem: problemOf(record) });
  showState(part(row, "state"), record);
  const bar = part(row, "progress");
  bar.hidden = record.state !== "sending";
  bar.value = Math.round((record.progress ?? 0) * 100);
  const open = part(row, "open");
  open.hidden = !opens;
  open.textContent = app.sayIf(`open_${record.state}`, app.say("open_waiting"));
  link(open, opens);
  const acts = {
    retry: [record.state === "waiting", () => app.outbox.retry(record.id)],
    save: [record.state === "needs_you", () => saveOne(app, record)],
    off: [record.state === "draft", () => app.outbox.discard(record.id)],
  };
  for (const [name, [isOpen, act]] of Object.entries(acts)) {
    part(row, name).hidden = !isOpen;
    part(row, name).addEventListener("click", act);
  }
};

export const saveOne = async (app, record) => {
  const all = JSON.parse(await (await app.outbox.exportAll()).text());
  const only = { ...all, records: all.records.filter(({ id }) => id === record.id), receipts: all.receipts.filter(({ id }) => id === record.id) };
  await saveFile(new Blob([JSON.stringify(only)], { type: "application/json" }), fileName(record.id.slice(0, 8)));
};

const showPause = (root, app, unsent) => {
  const waiting = unsent.filter(({ state }) => state === "waiting" || state === "sending");
  const pause = waiting.find((record) => record.pause)?.pause;
  fill(root, { pause: Boolean(pause), pause_words: pause && app.say(`pause_${pause}`), send_all: waiting.length > 0 });
  const act = part(root, "pause_act");
  const where = { sign_in: document.body.dataset.signIn, portal: "/" }[pause];
  act.hidden = !where;
  if (where) Object.assign(act, { href: where, textContent: app.say(`pause_act_${pause}`) });
};

const showSpace = async (root, app) => {
  const { used, quota, share, persisted } = await app.outbox.space();
  fill(root, {
    space: quota > 0,
    space_words: app.say(share >= 0.8 ? "space_full" : "space", { used: Math.ceil(used / MB), quota: Math.floor(quota / MB) }),
    persisted: app.say(persisted ? "space_kept" : "space_not_kept"),
  });
  part(root, "meter").value = share;
};
