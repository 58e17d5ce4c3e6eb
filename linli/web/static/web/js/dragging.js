// Drawing, moving and sizing boxes with a mouse, a pen or one finger.
import { isMeant, moved, sized, spanned } from "./boxes.js";

/** `show` is called whenever the boxes have changed, `done` once at the end of each drag. */
export function dragged(stage, boxes, show, done) {
  let drag = null;

  const at = (event) => {
    const frame = stage.getBoundingClientRect();
    const share = (value, from, length) => Math.min(Math.max(((value - from) / length) * 100, 0), 100);
    return { x: share(event.clientX, frame.left, frame.width), y: share(event.clientY, frame.top, frame.height) };
  };

  // The handle is drawn at the lower right corner and reaches beyond it.
  const isHandle = (event, element) => {
    if (!element) return false;
    const frame = element.getBoundingClientRect();
    const reach = event.pointerType === "mouse" ? 12 : 24;
    return Math.hypot(event.clientX - frame.right, event.clientY - frame.bottom) <= reach;
  };

  stage.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0) return;
    const element = event.target.closest("[data-index]");
    const start = at(event);
    boxes.remember();
    if (element) boxes.chosen = Number(element.dataset.index);
    else boxes.add({ ...start, width: 0, height: 0 });
    const box = boxes.all[boxes.chosen];
    const how = isHandle(event, element) ? sized : moved;
    drag = { box, to: (here) => (element ? how(box, here.x - start.x, here.y - start.y) : spanned(start, here)) };
    stage.setPointerCapture(event.pointerId);
    show();
  });

  stage.addEventListener("pointermove", (event) => {
    if (!drag || !event.isPrimary) return;
    boxes.change(drag.to(at(event)));
    show();
  });

  const end = (isGood) => {
    if (!drag) return;
    const box = boxes.all[boxes.chosen];
    if (!isGood || !isMeant(box) || box === drag.box) boxes.undo();
    drag = null;
    show();
    done();
  };
  stage.addEventListener("pointerup", (event) => event.isPrimary && end(true));
  // A second finger: the page is being moved, nothing is being drawn.
  stage.addEventListener("pointercancel", () => end(false));
}
