// A word at the bottom of the screen, read aloud by screen readers, with at most one act; it goes by itself.
const place = document.querySelector("[data-toasts]");
const SHOWN_MS = 8000;

export const toast = (words, { act, label, stays = false } = {}) => {
  const one = document.createElement("p");
  one.className = "toast";
  one.append(Object.assign(document.createElement("span"), { textContent: words }));
  if (act) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "toast-act", textContent: label });
    button.addEventListener("click", () => {
      one.remove();
      act();
    });
    one.append(button);
  }
  place.replaceChildren(one);
  if (!stays) setTimeout(() => one.remove(), SHOWN_MS);
};
