// What is next to act on, a page at a time. It turns its pages by itself while nobody points at it, and keeps still else: for a
// minute, since a mouse that was left lying there points at nothing, and nobody would see that the queue is old.
import { due, put, wall } from "./words.js";

const TURNS_EVERY_S = 12;
const RESTS_MS = 60_000;
const NARROW_ROWS = 8;
const list = document.querySelector("[data-queue]");
const hold = document.querySelector("[data-hold]");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const narrow = matchMedia("(max-width: 900px), (max-aspect-ratio: 1/1)");
const shape = document.querySelector("template[data-row]").content.firstElementChild;
let told = { queue: [], waiting: 0 };
let pending, rows = [], size = 1, page = 0, turned = 0, restsUntil = 0, pointsUntil = 0;

const pages = () => Math.max(1, Math.ceil(told.queue.length / size));
const isPointedAt = () => performance.now() < pointsUntil && (list.matches(":hover") || list.contains(document.activeElement));

const fill = (row, one) => {
  const found = (name) => row.querySelector(`[data-${name}]`);
  row.hidden = !one;
  if (!one) return;
  row.firstElementChild.href = one.address;
  row.dataset.urgency = one.urgency;
  put(found("what"), one.category || one.number);
  put(found("where"), [one.urgency === "normal" ? "" : one.urgency_name, one.place].filter(Boolean).join(" · "));
  put(found("number"), one.number);
  put(found("turn"), [one.state_name, one.turn].filter(Boolean).join(" · "));
  row.dataset.dueAt = one.due_at ?? "";
};

const showClocks = () => {
  for (const row of rows) {
    if (row.hidden) continue;
    const { words, late } = due(row.dataset.dueAt);
    put(row.querySelector("[data-due]"), words);
    row.classList.toggle("is-late", late);
  }
};

const draw = () => {
  page = Math.min(page, pages() - 1);
  rows.forEach((row, place) => fill(row, told.queue[page * size + place]));
  showClocks();
  put(document.querySelector("[data-waiting]"), told.waiting.toLocaleString("en"));
  put(document.querySelector("[data-page]"), wall.dataset.pages.replace("{page}", page + 1).replace("{pages}", pages()));
  document.querySelector("[data-nothing]").hidden = told.queue.length > 0;
};

// As many rows as the panel has room for; they are made once, and filled anew.
const measure = () => {
  if (!rows.length) {
    rows = [list.appendChild(shape.cloneNode(true))];
    fill(rows[0], told.queue[0]);
    rows[0].hidden = false;
  }
  const height = rows[0].getBoundingClientRect().height || 1;
  size = narrow.matches ? NARROW_ROWS : Math.max(1, Math.floor((list.clientHeight + 1) / height));
  while (rows.length < size) rows.push(list.appendChild(shape.cloneNode(true)));
  while (rows.length > size) rows.pop().remove();
  draw();
};

const turn = (by) => {
  page = (page + by + pages()) % pages();
  turned = 0;
  draw();
};

export const showQueue = (fresh) => {
  if (isPointedAt()) return (pending = fresh);
  pending = undefined;
  told = fresh;
  draw();
};

export const tickQueue = () => {
  showClocks();
  if (isPointedAt()) return;
  if (pending) showQueue(pending);
  const isHeld = hold.getAttribute("aria-pressed") === "true" || still.matches || performance.now() < restsUntil;
  turned = isHeld ? 0 : turned + 1;
  if (turned >= TURNS_EVERY_S && pages() > 1) turn(1);
};

const byHand = (by) => () => {
  restsUntil = performance.now() + RESTS_MS;
  turn(by);
};
document.querySelector("[data-before]").addEventListener("click", byHand(-1));
document.querySelector("[data-next]").addEventListener("click", byHand(1));
hold.addEventListener("click", () => hold.setAttribute("aria-pressed", String(hold.getAttribute("aria-pressed") !== "true")));
list.addEventListener("pointerdown", () => (restsUntil = performance.now() + RESTS_MS));
const points = () => (pointsUntil = performance.now() + RESTS_MS);
for (const act of ["pointerenter", "pointerdown", "focusin", "keydown"]) list.addEventListener(act, points, { passive: true });
list.addEventListener("pointermove", ({ movementX, movementY }) => (movementX || movementY) && points(), { passive: true });
new ResizeObserver(measure).observe(list);
measure();
