// A file that is too large is said so before it is sent, so that nobody waits for nothing; the server says it too.

const check = (input) => {
  const [file] = input.files;
  const isTooLarge = Boolean(file) && file.size > Number(input.dataset.mostBytes);
  const place = input.closest(".file-field");
  place.querySelector(".too-large")?.remove();
  input.setCustomValidity("");
  if (!isTooLarge) return;
  const said = document.createElement("p");
  said.className = "field-error too-large";
  said.setAttribute("role", "alert");
  said.textContent = input.dataset.tooLarge.replace("{size}", Math.round(file.size / 1_000_000));
  place.append(said);
  input.setCustomValidity(said.textContent);
};

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-most-bytes]")) check(event.target);
});
