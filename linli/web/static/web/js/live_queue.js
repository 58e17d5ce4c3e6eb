// The queue while others work: its figures follow, and rows stay where they are until somebody asks for the new ones.
import "./live.js";

const REST_MS = 2_000;
const bar = document.querySelector("[data-live-bar]");
const words = bar.querySelector("span");
const button = bar.querySelector("button");
const list = document.getElementById("queue");
let fresh, waiting;
let restsUntil = 0;

const rows = (part) => [...part.querySelectorAll("[data-row]")];
const shape = (part) => rows(part).map((row) => row.pathname + row.querySelector(".row-state").textContent).join();
const count = (part) => Number(part.querySelector(".tabs [aria-current] b")?.textContent ?? NaN);
let before = count(document);

const figures = (part) => {
  const links = document.querySelectorAll(".tabs a");
  part.querySelectorAll(".tabs a").forEach((link, place) => {
    const now = link.querySelector("b");
    if (now) links[place]?.querySelector("b")?.replaceWith(now.cloneNode(true));
  });
};

const added = () => {
  const known = new Set(rows(list).map((row) => row.pathname));
  return rows(fresh).filter((row) => !known.has(row.pathname));
};

const say = () => {
  const isFirst = !new URLSearchParams(location.search).has("after");
  const more = Math.max(added().length, isFirst ? count(fresh) - before || 0 : 0);
  const hasChanged = more > 0 || shape(fresh) !== shape(list);
  const { one, many, changed } = bar.dataset;
  words.textContent = !hasChanged ? "" : more > 1 ? many.replace("{n}", more) : more === 1 ? one : changed;
  button.hidden = !hasChanged;
  bar.classList.toggle("has-news", hasChanged);
};

const show = ({ takesFocus }) => {
  const isNew = new Set(added().map((row) => row.pathname));
  if (takesFocus && !isNew.size && count(fresh) > before) return location.assign(bar.dataset.newest);
  const part = fresh.querySelector("#queue").cloneNode(true);
  list.replaceChildren(...part.childNodes);
  for (const row of rows(list)) row.parentElement.classList.toggle("is-new", isNew.has(row.pathname));
  before = count(fresh);
  say();
  if (takesFocus) (list.querySelector(".is-new [data-row]") ?? rows(list)[0])?.focus();
};

const look = async () => {
  waiting = undefined;
  const begun = performance.now();
  const answer = await fetch(location.href, { headers: { "HX-Target": "live", "X-By-Itself": "1" } }).catch(() => null);
  // The slower the server answers, the less it is asked.
  restsUntil = performance.now() + Math.max(REST_MS, 10 * (performance.now() - begun));
  if (!answer?.ok || answer.redirected) return;
  fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  figures(fresh);
  if (rows(list).length) say();
  else show({ takesFocus: false });
};

const soon = () => {
  if (document.hidden) return document.addEventListener("visibilitychange", soon, { once: true });
  waiting ??= setTimeout(look, Math.max(0, restsUntil - performance.now()));
};

button.addEventListener("click", () => show({ takesFocus: true }));
document.addEventListener("live:queue", soon);
