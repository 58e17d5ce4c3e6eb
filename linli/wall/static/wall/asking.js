// Asks the server for what has changed: told by the live stream, at most once a second however much happens, and now and
// then without being told, since matters become overdue by themselves. Hidden windows ask seldom.
import { wall } from "./words.js";

const COALESCED_MS = 1000 * Number(wall.dataset.coalesced);
const EVERY_MS = 1000 * Number(wall.dataset.asksEvery);
const HIDDEN_MS = 4 * EVERY_MS;
const AGAIN_MS = 5_000;
const PATIENCE_MS = 20_000;

export const listen = (show, stand) => {
  let tag, planned, plannedFor;
  let isUp = true;
  let isAsking = false;
  let isStale = false; // something was told while an answer was on its way
  let restsUntil = 0;

  const plan = (at) => {
    if (planned && plannedFor <= at) return;
    clearTimeout(planned);
    plannedFor = at;
    planned = setTimeout(ask, Math.max(0, at - performance.now()));
  };
  const soon = () => plan(document.hidden ? performance.now() + HIDDEN_MS : restsUntil);

  const get = async () => {
    const headers = { Accept: "application/json" };
    if (tag) headers["If-None-Match"] = tag;
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      const answer = await fetch(wall.dataset.now, { headers, signal: patience.signal });
      if (answer.redirected || answer.status === 401) return "signed-out";
      if (answer.status === 404) return location.reload(); // no longer theirs to see
      if (answer.status === 304) return "held";
      if (!answer.ok) return "cut";
      const told = await answer.json();
      tag = answer.headers.get("ETag");
      show(told);
      return "told";
    } catch {
      return "cut";
    } finally {
      clearTimeout(timer);
    }
  };

  const ask = async () => {
    planned = undefined;
    if (isAsking) return (isStale = true);
    [isAsking, isStale] = [true, false];
    const begun = performance.now();
    const came = await get();
    isAsking = false;
    // The slower the server answers, the less it is asked.
    const took = performance.now() - begun;
    restsUntil = performance.now() + Math.max(COALESCED_MS, 5 * took);
    stand(came === "cut" || came === "signed-out" ? came : isUp ? "live" : "polled");
    if (isStale && came !== "cut") soon();
    else plan(performance.now() + (came === "cut" ? AGAIN_MS : document.hidden ? HIDDEN_MS : EVERY_MS));
  };

  document.addEventListener("live:queue", soon);
  document.addEventListener("live:up", () => {
    if (isUp) return;
    isUp = true;
    soon();
  });
  document.addEventListener("live:down", () => {
    isUp = false;
    soon();
  });
  document.addEventListener("visibilitychange", () => document.hidden || soon());
  plan(performance.now() + COALESCED_MS);
};
