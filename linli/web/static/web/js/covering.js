// The draft of a public photo: what must not be seen is covered with boxes, by pointer and by keyboard.
import { Boxes, moved, sized } from "./boxes.js";
import { dragged } from "./dragging.js";
import { SIDES, shownOn } from "./showing.js";
import { zoomed } from "./zooming.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const NEW = { x: 40, y: 40, width: 20, height: 20 };
const stage = document.querySelector("[data-stage]");
const tools = document.querySelector("[data-tools]");
const rows = document.querySelector("[data-rows]");
const boxes = new Boxes();
const page = shownOn(stage, boxes);

const changed = () => {
  page.show();
  page.tell();
  page.focus();
};

const DOES = {
  add: () => (boxes.remember(), boxes.add(NEW)),
  undo: () => boxes.undo(),
  remove: () => boxes.remove(),
};
tools.addEventListener("click", (event) => {
  const act = DOES[event.target.closest("[data-do]")?.dataset.do];
  if (act) changed(act());
});

stage.addEventListener("keydown", (event) => {
  const arrow = ARROWS[event.key];
  const isRemoving = event.key === "Delete" || event.key === "Backspace";
  if (boxes.chosen < 0 || !(arrow || isRemoving)) return;
  event.preventDefault();
  if (isRemoving) return changed(boxes.remove());
  if (!event.repeat) boxes.remember();
  boxes.change((event.shiftKey ? sized : moved)(boxes.all[boxes.chosen], ...arrow));
  changed();
});

// What was typed without scripts, or came back with a refusal, is drawn; from here on the fields follow the drawing.
for (const row of rows.querySelectorAll(".cover-row")) {
  const numbers = SIDES.map((side) => parseFloat(row.querySelector(`[name=${side}]`).value));
  if (numbers.every(Number.isFinite)) boxes.add(Object.fromEntries(SIDES.map((side, at) => [side, numbers[at]])));
}
rows.remove();
tools.hidden = false;
stage.classList.add("drawing");
dragged(stage, boxes, page.show, changed);
zoomed(stage, tools.querySelector("[data-do=in]"), tools.querySelector("[data-do=out]"));
page.show();
page.tell();
