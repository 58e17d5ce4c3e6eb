// The list by keyboard, as at the desk: j and k walk, Enter opens (a link does so by itself), / searches, ? lists the keys.

const walk = (by) => {
  const all = [...document.querySelectorAll("[data-row]")];
  if (!all.length) return;
  const there = all[Math.min(Math.max(all.indexOf(document.activeElement) + by, 0), all.length - 1)];
  there.focus();
  there.scrollIntoView({ block: "nearest" });
};

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "/") document.querySelector('[data-key="/"]').focus();
  else if (event.key === "?") document.getElementById("keys").showModal();
  else return;
  event.preventDefault();
});
