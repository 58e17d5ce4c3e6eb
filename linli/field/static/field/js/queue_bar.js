// The strip under the bar: how much is still on this phone, on every screen; and the number on the app's icon.
import { keepInMind } from "./leaving.js";
import { sayIf } from "./words.js";

const strip = document.querySelector("[data-queue]");
const words = document.querySelector("[data-queue-words]");
/** What is told first, if there are several. */
const ORDER = ["needs_you", "sending", "waiting", "draft"];

export const showQueue = async ({ outbox }) => {
  if (!outbox) return;
  const counts = await outbox.counts();
  keepInMind(ORDER.reduce((sum, state) => sum + counts[state], 0));
  // Who writes a draft knows of it.
  if (location.hash.startsWith("#report/")) counts.draft = 0;
  const told = ORDER.filter((state) => counts[state]).map((state) => sayIf(`queue_${state}`, state, { n: counts[state] }));
  strip.hidden = !told.length;
  strip.dataset.state = ORDER.find((state) => counts[state]) ?? "";
  if (words.textContent !== told.join(" · ")) words.textContent = told.join(" · ");
};
