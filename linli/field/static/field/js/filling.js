// Putting values into copies of the page's templates. Everything is text: nothing that was typed is ever read as HTML.

/** A copy of `<template data-screen="name">` or of `<template data-part="name">`. */
export const copy = (name) => {
  const found = document.querySelector(`template[data-screen="${name}"], template[data-part="${name}"]`);
  return found.content.firstElementChild.cloneNode(true);
};

export const part = (root, name) => (root.dataset?.is === name ? root : root.querySelector(`[data-is="${name}"]`));

/** Fills every `data-is="name"` with its value; one without a value (null, undefined, false, "") is hidden. */
export const fill = (root, values) => {
  for (const [name, value] of Object.entries(values)) {
    const place = part(root, name);
    if (!place) continue;
    place.hidden = value === null || value === undefined || value === false || value === "";
    if (typeof value === "string" || typeof value === "number") place.textContent = value;
  }
  return root;
};

const made = new WeakSet();

/** As many copies of the `<template>` in `place` as there are items, in their order; `each(copy, item)` fills one. What else
 * stands in `place` stays after them; with nothing in it, it is hidden. */
export const repeat = (place, items, each) => {
  const pattern = place.querySelector(":scope > template");
  const copies = items.map((item) => {
    const one = pattern.content.firstElementChild.cloneNode(true);
    each(one, item);
    return one;
  });
  for (const old of [...place.children]) if (made.has(old)) old.remove();
  for (const one of copies) made.add(one);
  pattern.after(...copies);
  place.hidden = place.childElementCount === 1;
  return copies;
};

/** The icon of the sprite in an `<svg class="icon">`. */
export const draw = (svg, name) => {
  const use = svg.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*$/, `#${name}`));
};
