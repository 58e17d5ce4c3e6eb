// The words for scripts: Django has translated them into the page's templates marked `data-words`.
const lists = [...document.querySelectorAll("template[data-words]")].map((list) => list.content);
const spoken = new Map(lists.flatMap((list) => [...list.querySelectorAll("[data-word]")]).map((one) => [one.dataset.word, one.textContent]));

/** `say(name, {n: 3})`: the words of that name, with `{n}` filled in. A name without words is a fault of ours. */
export const say = (name, values = {}) => {
  if (!spoken.has(name)) throw new Error(`no words for ${name}`);
  return spoken.get(name).replace(/\{(\w+)\}/g, (_all, value) => values[value] ?? "");
};

/** The words, or `otherwise` where this page has none of that name: for codes that a newer server may send. */
export const sayIf = (name, otherwise = "", values = {}) => (spoken.has(name) ? say(name, values) : otherwise);
