// Photos open large in a dialog; without it the link opens the photo.
const box = document.getElementById("photo-box");
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-photo]");
  if (!link || !box || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const image = box.querySelector("img");
  image.src = link.href;
  image.alt = link.querySelector("img").alt;
  box.showModal();
});
box?.addEventListener("click", (event) => {
  if (event.target === box) box.close();
});
