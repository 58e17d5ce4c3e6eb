// The page of one matter while others work on it: what has changed is put in its place, unless somebody is writing or listening.
import { note } from "./live.js";

const page = document.querySelector("[data-live-page]");
const REST_MS = 1_000;
let version = page.dataset.version;
let told, waiting;

const isTyped = (field) =>
  field.type === "file" ? field.files.length : ["text", "search", "date", "textarea", "number"].includes(field.type) && field.value !== field.defaultValue;

const isWriting = () =>
  document.querySelector("#act form, dialog[open], main details[open]") ||
  [...document.querySelectorAll("main :is(audio, video)")].some((one) => !one.paused) ||
  document.activeElement?.matches("main :is(input:not([type=hidden]), textarea, select)") ||
  [...document.querySelectorAll("main :is(input, textarea)")].some(isTyped);

const swap = (fresh) => {
  for (const part of document.querySelectorAll("[data-live-part]")) {
    const now = fresh.querySelector(`[data-live-part="${part.dataset.livePart}"]`);
    if (!now) continue;
    part.replaceWith(now);
    window.htmx?.process(now);
  }
};

const say = (...words) => {
  told?.remove();
  told = note(...words);
  return told;
};

const look = async () => {
  waiting = undefined;
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html", "X-By-Itself": "1" } }).catch(() => null);
  if (!answer || answer.status >= 500) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = fresh.querySelector("[data-live-page]");
  if (now && now.dataset.version === version) return;
  version = now?.dataset.version;
  const { changed, shown, refresh } = page.dataset;
  if (!now || isWriting()) return say(changed, refresh, () => location.reload());
  swap(fresh);
  const line = say(shown);
  setTimeout(() => line.remove(), 8_000);
};

const soon = (delay) => {
  if (document.hidden) return document.addEventListener("visibilitychange", () => soon(delay), { once: true });
  waiting ??= setTimeout(look, delay);
};

document.addEventListener("live:queue", ({ detail }) => {
  if (detail.events?.[page.dataset.livePage]) soon(0);
  else if (detail.more) soon(REST_MS + Math.random() * 9_000);
});
document.addEventListener("live:matter", ({ detail }) => soon(detail.more ? REST_MS + Math.random() * 9_000 : 0));
