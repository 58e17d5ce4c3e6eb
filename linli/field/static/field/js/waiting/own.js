// What was done about matters on this phone and is not done on the server yet. Reads the outbox, knows no page.

const TOLD = new Set(["taken_in", "refused", "set_aside"]);

const isAct = (record) => record.kind === "act" && record.body?.about?.event;

/** Whether nothing more will happen to it by itself. */
export const isSettled = (record) => record.state === "received" && TOLD.has(record.told?.state);

/** Records of the outbox and its receipts, each once, the oldest first. */
export const everything = async (outbox) => (await outbox.list()).reverse();

/** `of(event)`: how many acts about that matter are not settled. */
export const unfinishedAbout = async (outbox) => {
  const counts = new Map();
  for (const record of (await everything(outbox)).filter((one) => isAct(one) && !isSettled(one))) {
    counts.set(record.body.about.event, (counts.get(record.body.about.event) ?? 0) + 1);
  }
  return (event) => counts.get(event) ?? 0;
};

/** The acts of this phone about a matter, the oldest first. */
export const actsAbout = async (outbox, event) => (await everything(outbox)).filter((record) => isAct(record) && record.body.about.event === event);

/** How an act stands, as the name of a word: what became of it wins over how it was sent. */
export const standingOf = ({ state, told, problem }) => {
  const outcome = told?.outcome ?? { noted: "noted", act_refused: "refused" }[problem?.code];
  if (outcome === "noted" || outcome === "refused") return `own_${outcome}`;
  if (told?.state === "set_aside") return "own_set_aside";
  if (state === "received" && told?.state === "taken_in") return "own_done";
  return `own_${state}`;
};
