// What every page does: messages that go by themselves, forms that are sent once, menus that close, words that are counted.

// Pages that are the same for everybody learn here that this browser wants large type.
if (document.body.matches(".public") && /(?:^|; )linli_type=large/.test(document.cookie)) document.body.classList.add("large-type");

for (const toast of document.querySelectorAll("[data-toast]")) {
  setTimeout(() => toast.remove(), 6000);
}

// Of a row of tabs that is wider than the screen the one that is shown is in sight.
for (const shown of document.querySelectorAll(".tabs > [aria-current]")) {
  const row = shown.parentElement;
  const beside = (row.clientWidth - shown.offsetWidth) / 2;
  row.scrollLeft += shown.getBoundingClientRect().left - row.getBoundingClientRect().left - beside;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]") || event.defaultPrevented) return;
  // After this turn, so that the button's own name and value are still sent.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button:not([type=button])")) button.disabled = true;
  });
});

// Who signs out leaves nothing typed behind (draft.js keeps it).
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-forgets-drafts]")) return;
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith("linli-draft-")) localStorage.removeItem(name);
  }
});

// A page brought back by the browser's "back" must have buttons that work.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-once] button:disabled")) button.disabled = false;
});

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const fill = event.target.closest("[data-fill-username]");
  if (fill) {
    document.querySelector("#username").value = fill.dataset.fillUsername;
    document.querySelector("#password").value = fill.dataset.fillPassword;
    document.querySelector("#password").focus();
  }
  const copy = event.target.closest("[data-copy]");
  if (copy && navigator.clipboard) {
    navigator.clipboard.writeText(copy.dataset.copy).then(() => {
      copy.classList.add("copied");
      setTimeout(() => copy.classList.remove("copied"), 1500);
    });
  }
  const print = event.target.closest("[data-print]");
  if (print) window.print();
});

// A form that came into the page is where one goes on: its heading has the focus, and all of it that fits is in sight.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "act") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  event.target.querySelector("h3")?.focus({ preventScroll: true });
  event.target.scrollIntoView({ block: "nearest" });
});

// A suggestion is taken by one tap; the field it fills stays open to any other choice.
document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-choose]");
  if (!chip) return;
  const field = document.getElementById(chip.dataset.choose);
  field.value = chip.dataset.value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  for (const one of chip.parentElement.children) one.setAttribute("aria-pressed", String(one === chip));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-send-on-change]");
  if (form) form.requestSubmit();
});

const count = (field) => {
  const shown = document.getElementById(field.dataset.counts);
  if (shown) shown.textContent = `${[...field.value].length} / ${field.maxLength}`;
};
document.addEventListener("input", (event) => {
  if (event.target.matches("[data-counts]")) count(event.target);
});
document.querySelectorAll("[data-counts]").forEach(count);

// A file chosen is named beside our button, since the browser's own is hidden.
document.addEventListener("change", (event) => {
  const place = event.target.closest(".file-field")?.querySelector(".file-chosen");
  if (place) place.textContent = [...event.target.files].map((file) => file.name).join(", ");
});

// Photos chosen are shown before they are sent.
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("[data-preview-into]")) return;
  const place = document.getElementById(input.dataset.previewInto);
  place.replaceChildren(
    ...[...input.files].slice(0, 9).map((file) => {
      const image = document.createElement("img");
      image.alt = file.name;
      image.src = URL.createObjectURL(file);
      image.onload = () => URL.revokeObjectURL(image.src);
      return image;
    }),
  );
});
