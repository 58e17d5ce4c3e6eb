// Who is on duty now. It changes seldom, so its lines are made anew only when it does.
import { put } from "./words.js";

const list = document.querySelector("[data-duty]");
const empty = document.querySelector("[data-empty]");
const AND = document.documentElement.lang.startsWith("zh") ? "、" : ", ";
let shown;

const line = ({ role, names, place }) => {
  const [term, who] = ["dt", "dd"].map((name) => document.createElement(name));
  term.textContent = place ? `${role} · ${place}` : role;
  who.textContent = names.join(AND);
  return [term, who];
};

export const showDuty = (told) => {
  const key = JSON.stringify(told);
  if (key === shown) return;
  shown = key;
  list.replaceChildren(...told.posts.flatMap(line));
  document.querySelector("[data-nobody]").hidden = told.posts.length > 0;
  const names = told.empty_names.join(AND);
  const more = told.empty - told.empty_names.length;
  const all = more > 0 ? empty.dataset.more.replace("{names}", names).replace("{n}", more) : names;
  empty.hidden = !told.empty;
  put(empty, empty.dataset.words.replace("{names}", all));
};
