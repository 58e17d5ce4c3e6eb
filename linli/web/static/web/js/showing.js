// Boxes as things on the page: a button over the picture for each, and fields of the form beside it.
export const SIDES = ["x", "y", "width", "height"];

/** `show()` draws the boxes as they are, `tell()` writes them into the form and says how many, `focus()` goes to the chosen. */
export function shownOn(stage, boxes) {
  const fields = document.querySelector("[data-fields]");
  const said = document.querySelector("[data-said]");
  const drawn = () => [...stage.querySelectorAll("[data-index]")];

  const choose = (index) => {
    boxes.chosen = index;
    drawn().forEach((one, at) => one.classList.toggle("chosen", at === index));
  };

  const made = (index) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "cover-box" });
    button.dataset.index = index;
    button.setAttribute("aria-label", stage.dataset.box.replace("{n}", index + 1));
    button.setAttribute("aria-describedby", "cover-keys");
    button.addEventListener("focus", () => choose(index));
    return stage.appendChild(button);
  };

  const show = () => {
    drawn().slice(boxes.all.length).forEach((one) => one.remove());
    const there = drawn();
    boxes.all.forEach((box, index) => {
      const { style } = there[index] || made(index);
      [style.left, style.top, style.width, style.height] = SIDES.map((side) => `${box[side]}%`);
    });
    choose(boxes.chosen);
  };

  const tell = () => {
    const hidden = (name, value) => Object.assign(document.createElement("input"), { type: "hidden", name, value });
    fields.replaceChildren(...boxes.all.flatMap((box) => SIDES.map((side) => hidden(side, box[side].toFixed(3)))));
    said.textContent = boxes.all.length ? stage.dataset.count.replace("{n}", boxes.all.length) : "";
  };

  const focus = () => (drawn()[boxes.chosen] || document.querySelector("[data-do=add]")).focus({ preventScroll: true });
  return { show, tell, focus };
}
