// Choosing several rows of the queue: by the button or the key x, with Shift a range, or all of the page.

const form = document.getElementById("choosing");
const list = document.getElementById("queue");
const boxes = () => [...list.querySelectorAll(".pick input")];
const all = form.querySelector("[data-pick-all]");
let last;

const count = () => {
  const chosen = boxes().filter((box) => box.checked).length;
  form.querySelector("[data-count]").textContent = form.dataset.chosen.replace("{n}", chosen);
};

const turn = (isOn) => {
  list.classList.toggle("choosing", isOn);
  form.hidden = !isOn;
  if (!isOn) for (const box of boxes()) box.checked = false;
  count();
};

const pick = (box, isRange) => {
  const every = boxes();
  const [from, to] = [every.indexOf(last), every.indexOf(box)].sort((a, b) => a - b);
  if (isRange && from >= 0) for (const one of every.slice(from, to + 1)) one.checked = box.checked;
  last = box;
  count();
};

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-choose]")) {
    event.preventDefault();
    turn(form.hidden);
  } else if (event.target.matches?.(".pick input")) pick(event.target, event.shiftKey);
});

all.hidden = false;
all.addEventListener("click", () => {
  for (const box of boxes()) box.checked = true;
  count();
});

document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox]), select, textarea") || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  if (form.hidden) turn(true);
  const box = document.activeElement.closest("li")?.querySelector(".pick input");
  if (!box) return;
  box.checked = !box.checked || event.shiftKey;
  pick(box, event.shiftKey);
});

turn(!form.hidden);
