// The shell: finds out whose phone this is, chooses the screen by the address, and keeps the bars of all screens true.
import { begin, refresh } from "./beginning.js";
import { showQueue } from "./queue_bar.js";
import { copy } from "./filling.js";
import { forgetAddress } from "./language.js";
import { SCREENS } from "./screens.js";
import { toast } from "./toasts.js";
import { say, sayIf } from "./words.js";
import { watchVersions } from "./versions.js";

const main = document.getElementById("main");
const door = document.body.dataset.door;
let shown = 0;
let current = null;
let leaving = null;

const app = { door, say, sayIf, copy, toast, go, redraw: show, has: (name) => isFor(SCREENS[name]) };

const isFor = (screen) => Boolean(screen && (!screen.doors || screen.doors.includes(door)));

/** Goes to a screen: `go("receipt", id)`. */
function go(...parts) {
  const address = `#${parts.map(encodeURIComponent).join("/")}`;
  if (location.hash === address) show();
  else location.hash = address;
}

/** Draws the screen of the address. A screen's module exports `default (root, app, ...parts)`, which fills `root`, a copy of its
 * template, and may answer `{changed(record), left()}`: what to do when the outbox changes, and when the screen is left. */
async function show() {
  const turn = ++shown;
  const [wanted, ...parts] = location.hash.slice(1).split("/").map(decodeURIComponent);
  const name = app.outbox ? (isFor(SCREENS[wanted]) ? wanted : "home") : "enter";
  const root = copy(name);
  const { default: fillScreen } = await SCREENS[name].draw();
  // What was typed last on the screen before is on the disk before this one reads it.
  await leaving;
  const drawn = (await fillScreen(root, app, ...parts)) ?? {};
  if (turn !== shown) return drawn.left?.();
  leaving = Promise.resolve(current?.left?.()).catch(showRefusal);
  current = drawn;
  const isFirst = !main.childElementCount;
  main.replaceChildren(root);
  document.title = `${root.dataset.title} · ${say("linli")}`;
  for (const tab of document.querySelectorAll("[data-tab]")) {
    if (tab.dataset.tab === SCREENS[name].tab) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  // A screen reader begins with the heading; the first screen is read from its top anyway.
  if (!isFirst) root.querySelector("h1")?.focus({ preventScroll: true });
  scrollTo(0, 0);
  document.documentElement.dataset.drawn = name;
  performance.mark("drawn");
}

for (const tab of document.querySelectorAll("[data-tab]")) tab.hidden = !app.has(tab.dataset.tab);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("hashchange", () => {
  show();
  showQueue(app);
});
document.querySelector("[data-complain]").addEventListener("click", (event) => {
  if (navigator.onLine) return;
  event.preventDefault();
  toast(say("complain_offline"));
});
// The outbox refuses in codes; whatever screen asked, the words for it are the same.
function showRefusal(reason) {
  if (reason?.name !== "Refusal") return globalThis.reportError(reason);
  return toast(sayIf(`refused_${reason.code}`, say("refused_other")), { stays: true });
}

addEventListener("unhandledrejection", (event) => {
  if (event.reason?.name !== "Refusal") return;
  event.preventDefault();
  showRefusal(event.reason);
});

forgetAddress();
await begin(app);
app.outbox?.on((record) => {
  showQueue(app);
  current?.changed?.(record);
});
showQueue(app);
await show();
// All screens are fetched while there is a network: a web view that keeps no app must still open them without.
for (const screen of Object.values(SCREENS).filter(isFor)) screen.draw().catch(() => {});
if (app.outbox) keepFresh();
watchVersions(app);

/** The ground and the categories anew with each visit, and whenever the network comes back. */
function keepFresh() {
  const now = async () => {
    const became = await refresh(app);
    if (became === "fresh" && shouldRedraw()) await show();
    document.documentElement.dataset.reference = became;
  };
  addEventListener("online", now);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && now());
  now();
}

/** News of the server redraw the screen only where nobody is in the middle of something. */
function shouldRedraw() {
  if (main.querySelector(".voice:is([data-state=on], [data-state=asking])")) return false;
  return !main.contains(document.activeElement) || document.activeElement === main || document.activeElement.tagName === "H1";
}
