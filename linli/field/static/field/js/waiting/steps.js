// Which steps are open to somebody who has already done some here, without network: signed for in the morning, the result is
// submitted at noon, and the server hears of both in the evening. Pure.

const PENDING = new Set(["waiting", "sending"]);

/** Acts that have not reached the state of the matter that this phone knows, as it was told of it at that moment (milliseconds). */
export const pending = (acts, known_at) => acts.filter((act) => PENDING.has(act.state) || (act.state === "received" && isAhead(act, known_at)));

const isAhead = ({ told, told_at }, known_at) => !told?.outcome || (told.outcome === "done" && told_at > known_at);

/**
 * {state, steps, after}: the state the matter will be in, what is open then, and the act all that follows must wait for (or
 * undefined). A step tells where it leads (`leads_to`); `later` has the steps of the states that can be reached so.
 */
export const openAfter = (task, acts, known_at) => {
  let [state, steps, after] = [task.base ?? task.state, task.steps ?? [], undefined];
  for (const act of pending(acts, known_at)) {
    const step = steps.find((one) => one.step === act.body.step);
    if (!step?.leads_to || step.leads_to === state) continue;
    [state, after] = [step.leads_to, act.id];
    steps = task.later?.[state] ?? [];
  }
  return { state, steps, after };
};
