// One thing that needs its owner: what happened, in words; what was made; and what can be done about it. Nothing is lost by waiting.
import { problemOf, titleOf } from "../describing.js";
import { fill, part, repeat } from "../filling.js";
import { showShots } from "../shots.js";
import { showState } from "../states.js";
import { moment } from "../times.js";
import { saveOne } from "./outbox.js";

/** What may be done, by the code of the problem: `settle` when it was only to be read, `as_new` when the id is taken. */
const ADVICE = {
  noted: { settle: true },
  act_refused: { settle: true },
  other_content: { as_new: true },
  unreadable: {},
};
const USUAL = { retry: true, edit: true };

export default async (root, app, id) => {
  const record = id && (await app.outbox.get(id));
  if (!record || record.state !== "needs_you") return app.go("outbox");
  await app.reference.get();
  const advice = ADVICE[record.problem?.code] ?? USUAL;
  showWhat(root, app, record);
  await showShots(app.outbox, record, part(root, "shots"), { words: (photo) => photo.problem?.message ?? "" });
  offer(root, app, record, advice);
  return { changed: (one) => one?.id === id && one.state !== "needs_you" && app.go("outbox") };
};

const showWhat = (root, app, record) => {
  fill(root, {
    title: titleOf(record, app.reference),
    what: problemOf(record) || app.say("refused_other"),
    meanwhile: [record.told?.by_whom, record.told?.matter_state_words].filter(Boolean).join(" · "),
    advice: app.sayIf(`advice_${record.problem?.code}`, app.say("advice")),
    made: moment(record.made_at),
  });
  showState(part(root, "kind"), record);
  const { text, place, values = {} } = record.body;
  const told = [["text", text], ["place", place], ...Object.entries(values)].filter(([, value]) => typeof value === "string" && value);
  repeat(part(root, "values"), told, (row, [name, value]) => fill(row, { name: app.sayIf(`value_${name}`, app.say("value_other")), value }));
};

const offer = (root, app, record, advice) => {
  const isOurs = !record.answer;
  const edit = part(root, "edit");
  edit.hidden = !(advice.edit && isOurs && record.kind === "report");
  edit.href = `#report/${record.id}`;
  const see = part(root, "see");
  see.hidden = !(record.body.about?.report || record.body.about?.event);
  see.href = record.body.about?.report ? `#receipt/${record.body.about.report}` : `#task/${record.body.about?.event}`;
  const acts = {
    retry: [(advice.retry && isOurs) || advice.as_new, () => app.outbox.retry(record.id, { as_new: Boolean(advice.as_new) })],
    settle: [advice.settle && !isOurs, () => app.outbox.acknowledge(record.id)],
    save: [true, () => saveOne(app, record)],
    off: [true, () => app.outbox.discard(record.id)],
  };
  for (const [name, [isOpen, act]] of Object.entries(acts)) {
    part(root, name).hidden = !isOpen;
    part(root, name).addEventListener("click", async () => {
      await act();
      if (name !== "save") app.go("outbox");
    });
  }
};
