// Closing the app while something is still on the phone asks once. Whoever taps a link goes on somewhere, and what the app changes by
// itself is no closing: neither is asked about. What the question says is the browser's.
const A_MOMENT_MS = 1000;

let unsent = 0;
let isFree = false;
let hasAsked = false;

/** How much is not with the server yet. */
export const keepInMind = (count) => (unsent = count);

/** What comes now is no closing. */
export const leaveFreely = () => (isFree = true);

addEventListener(
  "click",
  ({ target }) => {
    if (!target.closest?.("a[href]")) return;
    leaveFreely();
    setTimeout(() => (isFree = false), A_MOMENT_MS);
  },
  true,
);

addEventListener("beforeunload", (event) => {
  if (!unsent || isFree || hasAsked) return;
  hasAsked = true;
  event.preventDefault();
});
