// The inbox while others work: new notices come in by themselves, several at once; j and k walk, Enter opens.
import { note } from "../web/js/live.js";

const REST_MS = 1_000;
const box = document.querySelector("[data-inbox]");
let waiting, told;

const isBusy = () => box.contains(document.activeElement) || new URLSearchParams(location.search).has("page");

const look = async () => {
  waiting = undefined;
  const answer = await fetch(location.href, { headers: { "HX-Target": "inbox" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const words = await answer.text();
  // Nothing moves under somebody's hands: then it is said, and shown when they ask.
  if (isBusy()) {
    told?.remove();
    told = note(box.dataset.new, box.dataset.show, () => location.assign(location.pathname));
    return;
  }
  box.replaceChildren(...new DOMParser().parseFromString(words, "text/html").body.childNodes);
};

const soon = () => {
  if (document.hidden) return document.addEventListener("visibilitychange", soon, { once: true });
  waiting ??= setTimeout(look, REST_MS);
};

const walk = (by) => {
  const rows = [...box.querySelectorAll("[data-row]")];
  const here = rows.indexOf(document.activeElement);
  rows[Math.min(Math.max(here + by, 0), rows.length - 1)]?.focus();
};

document.addEventListener("live:notices", soon);
document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else return;
  event.preventDefault();
});
