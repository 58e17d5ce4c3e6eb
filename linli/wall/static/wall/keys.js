// By keyboard and by touch: digits go to the numbers and panels, F fills the screen, D turns dark or light, ? explains.

const root = document.documentElement;
const sheet = document.querySelector("[data-help-sheet]");
const THEME = "linli-wall-theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

export const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
const changed = () => document.dispatchEvent(new CustomEvent("wall:theme"));

const turnTheme = () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  localStorage.setItem(THEME, root.dataset.theme);
  changed();
};

const fill = () => (document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen?.()?.catch(() => {}));
const explain = () => (sheet.open ? sheet.close() : sheet.showModal());

const go = (digit) => {
  const place = document.querySelector(`[data-key="${digit}"]`);
  if (!place) return;
  const target = place.matches("a, [tabindex]") ? place : place.querySelector("canvas[tabindex], li:not([hidden]) a");
  target?.focus();
};

const KEYS = { f: fill, d: turnTheme, "?": explain };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  if (/^\d$/.test(event.key) && !sheet.open) go(event.key);
  else if (KEYS[event.key.toLowerCase()]) KEYS[event.key.toLowerCase()]();
  else return;
  event.preventDefault();
});

const kept = localStorage.getItem(THEME);
if (kept === "dark" || kept === "light") root.dataset.theme = kept;
dark.addEventListener("change", changed);
document.querySelector("[data-theme-turn]").addEventListener("click", turnTheme);
document.querySelector("[data-full]").addEventListener("click", fill);
document.querySelector("[data-help]").addEventListener("click", explain);
