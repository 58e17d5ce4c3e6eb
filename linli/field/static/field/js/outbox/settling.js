// What a failure means for the one record it concerns: a table by the kind of the outcome.

import { backoff_ms } from "./answers.js";
import { unfix } from "./making.js";

// How often somebody between us and the server may refuse a record in words not ours before its owner must look at it.
const MOST_STRANGE = 8;
const MOST_GONE = 3;
// As long as the longest of the usual waits.
const LONG = 20;

class Down extends Error {
  constructor(outcome) {
    super(outcome.code);
    this.outcome = outcome;
  }
}

export const isDown = (error) => error instanceof Down;

export const settle = async ({ records, settings, won_at }, { id }, outcome) => {
  await records.change(id, (record) => BY_KIND[outcome.kind](record, outcome, { settings, won_at }));
};

// The round ends: it is the same for all.
settle.down = (outcome) => {
  throw new Down(outcome);
};

const waits = (record, outcome, { settings }, fails = record.fails + 1) => {
  const asked_ms = settings.pace * (outcome.retry_after_s ?? 0) * 1000;
  Object.assign(record, {
    state: "waiting",
    fails,
    next_at: Date.now() + settings.pace * backoff_ms(fails, outcome.retry_after_s),
    not_before: asked_ms ? Date.now() + asked_ms : 0,
  });
};

const problem = ({ code, message, field }) => ({ code, ...(message && { message }), ...(field && { field }) });

const needsYou = (record, outcome) => Object.assign(record, { state: "needs_you", problem: problem(outcome) });

const BY_KIND = {
  later(record, outcome, how) {
    waits(record, outcome, how);
    record.problem = problem(outcome);
  },
  offline(record, outcome, how) {
    waits(record, outcome, how);
    record.pause = "offline";
  },
  portal(record) {
    Object.assign(record, { state: "waiting", pause: "portal" });
  },
  strange(record, outcome, how) {
    // It weighs more when others got through since: then the line is not to blame.
    record.strange = (record.strange ?? 0) + (how.won_at > (record.strange_at ?? 0) ? 1 : 0.25);
    record.strange_at = Date.now();
    if (record.strange >= MOST_STRANGE) return void needsYou(record, outcome);
    waits(record, outcome, how);
    record.pause = "portal";
  },
  sign_in(record) {
    Object.assign(record, { state: "waiting", pause: "sign_in" });
  },
  token(record, outcome, how) {
    waits(record, outcome, how);
  },
  // It will know it one day; nobody can mend it here.
  older(record, outcome, how) {
    waits(record, outcome, how, LONG);
    record.problem = { code: "server_older" };
  },
  conflict(record, outcome) {
    needsYou(record, outcome);
  },
  // A server set back to an older backup: the same words under the same id do no harm.
  gone(record, outcome, how) {
    record.gone = (record.gone ?? 0) + 1;
    if (record.gone > MOST_GONE || !record.answer) return void needsYou(record, outcome);
    waits(record, outcome, how);
    record.answer = null;
    for (const photo of record.photos) if (photo.state === "coming") Object.assign(photo, { received: 0, state: "waiting" });
  },
  bad(record, outcome) {
    needsYou(record, outcome);
    if (!record.answer) unfix(record);
  },
};
