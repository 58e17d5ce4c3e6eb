// The form of the hotline lives on the keyboard: it sends by Ctrl + Enter, and areas are found and taken without the mouse.

const form = document.querySelector("[data-sends-by-keys]");
const area = document.getElementById("id_area");
const find = document.querySelector("[data-find]");
const order = document.querySelector("[data-order]");

form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "Enter" && event.target.matches("input:not([type=file])")) {
    // One line too many must not send half a report.
    event.preventDefault();
    if (event.target === find) document.querySelector("[data-take-area]")?.click();
  }
});

const showOrder = () => {
  order.hidden = form.querySelector("[name=door]:checked")?.value !== "hotline";
};
form.addEventListener("change", showOrder);
// A restored draft comes after this script's first turn.
addEventListener("load", showOrder);
showOrder();

document.addEventListener("click", (event) => {
  const taken = event.target.closest("[data-take-area]");
  if (!taken) return;
  const code = taken.dataset.takeArea;
  if (![...area.options].some((one) => one.value === code)) area.add(new Option(taken.dataset.name, code));
  area.value = code;
  find.value = taken.dataset.name;
  document.getElementById("found").replaceChildren();
  area.dispatchEvent(new Event("change", { bubbles: true }));
  form.querySelector("[name=place]").focus();
});

document.querySelector(".find").addEventListener("keydown", (event) => {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const buttons = [...document.querySelectorAll("[data-take-area]")];
  if (!buttons.length) return;
  event.preventDefault();
  const at = buttons.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  (at < 0 ? find : buttons[Math.min(at, buttons.length - 1)]).focus();
});

// A form that came back with a problem goes on where the problem is; a new one with the caller's words.
const first = form.querySelector("[aria-invalid=true]") ?? document.getElementById("id_words");
if (!matchMedia("(pointer: coarse)").matches) first.focus();
