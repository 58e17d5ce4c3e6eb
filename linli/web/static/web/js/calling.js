// Names after an @: those who read the message are offered as one types; without this, the name is typed whole.

const field = () => document.querySelector("[data-calls]");
const place = () => document.querySelector("[data-offered]");
const typed = (area) => area.value.slice(0, area.selectionStart).match(/(?<![A-Za-z0-9._%+-])[@＠]([^\s@＠]{0,20})$/);
let asked = 0;

const hide = () => {
  if (place()) place().hidden = true;
};

const offer = (people) => {
  const list = place();
  list.replaceChildren(
    ...people.map((name) => {
      const item = document.createElement("li");
      const button = Object.assign(document.createElement("button"), { type: "button", className: "chip", textContent: name });
      item.append(button);
      return item;
    }),
  );
  list.hidden = !people.length;
};

const look = async (area) => {
  const found = typed(area);
  const mine = ++asked;
  if (!found) return hide();
  const heard = area.form.elements.heard_by.value;
  const query = new URLSearchParams({ q: found[1], heard_by: heard });
  const answer = await fetch(`${area.dataset.calls}?${query}`).catch(() => null);
  if (mine === asked && answer?.ok) offer((await answer.json()).people);
};

const take = (name) => {
  const area = field();
  const found = typed(area);
  if (!found) return;
  const start = area.selectionStart - found[1].length;
  area.setRangeText(`${name} `, start, area.selectionStart, "end");
  hide();
  area.focus();
};

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-calls]")) look(event.target);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-offered] button");
  if (button) take(button.textContent);
});
document.addEventListener("keydown", (event) => {
  const list = place();
  if (!list || list.hidden || !event.target.closest(".say")) return;
  const all = [field(), ...list.querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") {
    hide();
    field().focus();
  } else if (step) {
    event.preventDefault();
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
  }
});
