// Boxes over a picture, in percent of its width and height, and taking back what was done to them. Knows nothing of the page.
const LEAST = 1;
const between = (value, low, high) => Math.min(Math.max(value, low), high);

/** The box with these two corners. */
export const spanned = (a, b) => ({
  x: Math.min(a.x, b.x),
  y: Math.min(a.y, b.y),
  width: Math.abs(a.x - b.x),
  height: Math.abs(a.y - b.y),
});

/** The box moved; it stays whole and inside the picture. */
export const moved = (box, right, down) => ({
  ...box,
  x: between(box.x + right, 0, 100 - box.width),
  y: between(box.y + down, 0, 100 - box.height),
});

/** The box with its lower right corner moved. */
export const sized = (box, right, down) => ({
  ...box,
  width: between(box.width + right, LEAST, 100 - box.x),
  height: between(box.height + down, LEAST, 100 - box.y),
});

/** Whether a drag was meant as a box and not as a tap. */
export const isMeant = (box) => box.width >= LEAST && box.height >= LEAST;

/** The boxes of one picture; `chosen` is the place of one of them, or -1. */
export class Boxes {
  constructor() {
    this.all = [];
    this.chosen = -1;
    this.before = [];
  }

  /** From here on, one `undo` leads back to what is now. */
  remember() {
    this.before.push(this.all);
  }

  undo() {
    if (this.before.length) this.all = this.before.pop();
    this.chosen = Math.min(this.chosen, this.all.length - 1);
  }

  add(box) {
    this.all = [...this.all, box];
    this.chosen = this.all.length - 1;
  }

  change(box) {
    this.all = this.all.map((old, at) => (at === this.chosen ? box : old));
  }

  remove() {
    this.remember();
    this.all = this.all.filter((_box, at) => at !== this.chosen);
    this.chosen = Math.min(this.chosen, this.all.length - 1);
  }
}
