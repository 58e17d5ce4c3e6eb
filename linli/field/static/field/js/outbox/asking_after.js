// What became of it: a report's number, an act's outcome. Asked at the address the server gave, ever more seldom.

import { backoff_ms } from "./answers.js";
import { settle } from "./settling.js";

// Nothing more is expected after these.
const LAST = new Set(["taken_in", "refused"]);

export const askWhatBecame = async (sending) => {
  const now = Date.now();
  const due = (await sending.records.receipts()).filter((record) => isOpen(record) && record.ask_at <= now);
  for (const record of due) {
    const outcome = await askOne(sending, record);
    if (outcome.kind === "portal" || outcome.kind === "sign_in" || outcome.kind === "offline") settle.down(outcome);
  }
};

// Asks now, whenever it was asked before.
export const askOne = async (sending, record) => {
  const outcome = await sending.asked(record, (sender) => {
    return sending.asking.ask(record.answer.see, { sender, id: record.id, needs: "state" });
  });
  const isOver = outcome.kind === "kept" && LAST.has(outcome.body.state) && !isRefused(outcome.body);
  const alter = (one) => {
    one.asks = (one.asks ?? 0) + 1;
    one.ask_at = Date.now() + sending.settings.pace * backoff_ms(one.asks, outcome.retry_after_s);
    if (outcome.kind === "kept") hear(one, outcome.body);
  };
  await sending.records.change(record.id, alter, { drop: isOver ? record.photos.map(({ key }) => key) : [] });
  return outcome;
};

// When the next is to be asked about; Infinity for never.
export const nextAsking = async ({ records }) =>
  Math.min(...(await records.receipts()).filter(isOpen).map(({ ask_at }) => ask_at ?? 0));

const isOpen = ({ told, is_settled, answer }) => Boolean(answer?.see) && !is_settled && !LAST.has(told?.state);

export const isRefused = (told) => told?.outcome === "refused" || told?.state === "refused";

const hear = (record, told) => {
  // By the phone's own clock: what it knows of the matter from before that does not hold it yet.
  if (told.outcome && !record.told?.outcome) record.told_at = Date.now();
  record.told = told;
  const code = isRefused(told) ? "act_refused" : told.outcome === "noted" ? "noted" : null;
  if (record.kind !== "act" || !code || record.is_settled) return;
  const { message, error } = told;
  Object.assign(record, { state: "needs_you", problem: { code, ...(message && { message }), ...(error?.field && { field: error.field }) } });
};
