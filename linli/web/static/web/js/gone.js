// What was unsealed goes from the page by itself after its time, and at once when the page is left.
const left = (box) => Math.ceil((Number(box.dataset.until) - Date.now()) / 1000);

const clear = (box) => {
  const said = document.createElement("p");
  said.className = "hint";
  said.textContent = box.dataset.goneWords;
  box.replaceWith(said);
};

const tick = (box) => {
  if (!box.isConnected) return;
  // By the clock, not by counting: a laptop that slept shows nothing when it wakes.
  if (left(box) <= 0) return clear(box);
  box.querySelector("[data-gone-left]").textContent = left(box);
  setTimeout(() => tick(box), 250);
};

const start = (root) => {
  for (const box of root.querySelectorAll("[data-gone-after]:not([data-until])")) {
    box.dataset.until = Date.now() + 1000 * Number(box.dataset.goneAfter);
    tick(box);
  }
};

start(document);
document.addEventListener("htmx:afterSettle", () => start(document));
addEventListener("pagehide", () => document.querySelectorAll("[data-gone-after]").forEach(clear));
