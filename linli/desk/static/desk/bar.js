// The command bar: opened by : or Ctrl+K or its button; Enter shows what a line would do, a second Enter on its button does it.
import { complete, isTaken } from "./completing.js";

const bar = document.getElementById("command-bar");
const input = bar.querySelector("#command");
const answer = bar.querySelector("#command-answer");
const aim = bar.querySelector("[data-aim]");

/** The matters a command is for: that of the page, those marked in the list, or the row that is selected. */
const matters = () => {
  if (bar.dataset.event) return [bar.dataset.event];
  const marked = [...document.querySelectorAll(".choosing .pick input:checked")].map((box) => box.value);
  const row = bar.row?.isConnected ? bar.row : document.querySelector("[data-row][aria-current]");
  return marked.length || !row ? marked : [row.dataset.event];
};
const query = () => new URLSearchParams([["q", input.value], ...matters().map((one) => ["event", one])]);

const open = (line = "") => {
  bar.row = document.activeElement.closest?.("[data-row]");
  if (!bar.open) bar.showModal();
  const chosen = matters();
  const title = bar.row?.querySelector(".row-what b") ?? document.querySelector("[data-row][aria-current] .row-what b");
  aim.textContent = bar.dataset.event ? "" : chosen.length > 1 ? bar.dataset.many.replace("{n}", chosen.length) : chosen.length ? title?.textContent ?? "" : bar.dataset.none;
  answer.replaceChildren();
  input.value = line;
  input.focus();
  complete(input, bar, query);
};

input.addEventListener("input", () => {
  answer.replaceChildren();
  complete(input, bar, query);
});

bar.querySelector(".command-line").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (isTaken(input, bar)) return complete(input, bar, query);
  const asked = query();
  asked.append("back", bar.dataset.event ? "" : location.pathname + location.search);
  await window.htmx.ajax("GET", `${bar.dataset.reading}?${asked}`, { target: answer, swap: "innerHTML" });
  const form = answer.querySelector("[data-wants]");
  const wanted = form?.dataset.wants && form.querySelector(`[name="${form.dataset.wants}"]`);
  (wanted || answer.querySelector("[data-confirm]"))?.focus();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-bar]");
  if (!button || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  open(button.dataset.bar);
});

document.addEventListener("keydown", (event) => {
  const isShortcut = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
  const isColon = (event.key === ":" || event.key === "：") && !event.target.matches("input, select, textarea");
  if (event.isComposing || bar.open || !(isShortcut || isColon)) return;
  event.preventDefault();
  open();
});

// What begins with a slash in the search is a command: it is shown in the bar, and nothing is done by that.
document.querySelector("[role=search]")?.addEventListener("submit", (event) => {
  const typed = event.target.elements.q?.value ?? "";
  if (!typed.startsWith("/")) return;
  event.preventDefault();
  open(typed);
});
