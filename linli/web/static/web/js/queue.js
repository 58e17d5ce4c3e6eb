// The queue by keyboard: j and k walk, Enter opens, / searches, ? lists the keys. On wide screens a row is previewed.

const rows = () => [...document.querySelectorAll("[data-row]")];
const preview = document.getElementById("preview");
const isWide = matchMedia("(min-width: 1500px)");

const walk = (by) => {
  const all = rows();
  if (!all.length) return;
  const here = all.indexOf(document.activeElement);
  const there = all[Math.min(Math.max(here + by, 0), all.length - 1)];
  there.focus();
  there.scrollIntoView({ block: "nearest" });
};

const show = (row) => {
  if (!isWide.matches || row.getAttribute("aria-current")) return;
  for (const other of rows()) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  window.htmx.ajax("GET", row.href, { target: preview, swap: "innerHTML", headers: { "X-Preview": "1" } });
};

let waiting;
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-row]");
  clearTimeout(waiting);
  if (row) waiting = setTimeout(() => show(row), 120);
});

document.addEventListener("click", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row || !isWide.matches || event.ctrlKey || event.metaKey || event.shiftKey || row.getAttribute("aria-current")) return;
  event.preventDefault();
  row.focus();
  show(row);
});

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "Enter" && event.target.matches("[data-row]")) location.assign(event.target.href);
  else if (event.key === "/") document.querySelector('[data-key="/"]').focus();
  else if (event.key === "?") document.getElementById("keys").showModal();
  else return;
  event.preventDefault();
});

if (isWide.matches && rows().length && !document.activeElement.matches("input")) show(rows()[0]);
