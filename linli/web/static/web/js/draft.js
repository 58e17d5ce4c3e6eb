// Unsaved words of a form survive a reload or a lost session: kept on this machine under the person who typed them, for half
// a day, never the contact; gone once the server has said yes, and when the person signs out (page.js).

const PREFIX = "linli-draft-";
const KEPT_MS = 12 * 3600 * 1000;
const NEVER = new Set(["csrfmiddlewaretoken", "contact", "photos", "find"]);

const read = (name) => {
  try {
    const draft = JSON.parse(localStorage.getItem(name));
    return draft && Date.now() - draft.at < KEPT_MS ? draft : null;
  } catch {
    return null;
  }
};

const forgetOld = () => {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX) && !read(name)) localStorage.removeItem(name);
  }
};

const keep = (form, name) => {
  const values = [...new FormData(form)].filter(([field, value]) => !NEVER.has(field) && typeof value === "string");
  const area = form.querySelector("[name=area] option:checked");
  const isEmpty = !values.some(([field, value]) => ["words", "text", "place", "order_no"].includes(field) && value.trim());
  if (isEmpty) localStorage.removeItem(name);
  else localStorage.setItem(name, JSON.stringify({ at: Date.now(), values, area: area ? area.textContent : "" }));
};

const put = (form, draft, only = () => true) => {
  for (const [field, value] of draft.values) {
    if (!only(field)) continue;
    for (const input of form.querySelectorAll(`[name="${CSS.escape(field)}"]`)) {
      if (input.type === "radio" || input.type === "checkbox") {
        if (input.value === value || input.type === "checkbox") input.checked = true;
        continue;
      }
      if (field === "area" && value && ![...input.options].some((one) => one.value === value)) {
        input.add(new Option(draft.area, value));
      }
      input.value = value;
    }
  }
};

const restore = (form, name) => {
  const draft = read(name);
  if (!draft) return;
  put(form, draft);
  document.getElementById("restored").hidden = false;
  // The questions of the category come from the server; their answers can be put in after that.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id === "questions") put(form, draft, (field) => field.startsWith("answer-"));
  }, { once: true });
  form.querySelector("[name=category]")?.dispatchEvent(new Event("change", { bubbles: true }));
};

forgetOld();
const done = document.querySelector("[data-draft-done]");
if (done) localStorage.removeItem(PREFIX + done.dataset.draftDone);

const form = document.querySelector("form[data-draft]");
if (form) {
  const name = PREFIX + form.dataset.draft;
  if (!("draftBound" in form.dataset)) restore(form, name);
  for (const kind of ["input", "change"]) form.addEventListener(kind, () => keep(form, name));
  document.querySelector("[data-draft-discard]")?.addEventListener("click", () => {
    localStorage.removeItem(name);
    location.reload();
  });
}
