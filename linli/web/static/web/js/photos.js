// Photos open large in a dialog, one after the other by keys or buttons; without it the link opens the photo.
const box = document.getElementById("photo-box");
let place = 0;

const links = () => [...document.querySelectorAll("[data-photo]")];

function show(number) {
  const all = links();
  place = (number + all.length) % all.length;
  const words = all[place].querySelector("img").alt;
  const image = box.querySelector("img");
  image.src = all[place].href;
  image.alt = words;
  box.querySelector("figcaption").textContent = all.length > 1 ? `${words} (${place + 1}/${all.length})` : words;
  for (const button of box.querySelectorAll("[data-turn]")) button.hidden = all.length < 2;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-photo]");
  if (!link || !box || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  show(links().indexOf(link));
  box.showModal();
});
box?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-turn]");
  if (button) show(place + Number(button.dataset.turn));
  if (event.target === box) box.close();
});
box?.addEventListener("keydown", (event) => {
  const turn = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!turn) return;
  event.preventDefault();
  show(place + turn);
});
box?.addEventListener("close", () => links()[place]?.focus());
