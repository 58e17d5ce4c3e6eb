// A form out of what the server says a step asks for, so that a step added there needs nothing here. It knows kinds of fields,
// never steps; each kind is a part of the page (field-text, field-choice, …) and a way to read what was entered.
import { copy, fill } from "../filling.js";

//: So many choices are laid out to be touched; more of them unroll.
const FEW = 7;

/** {value, label} each; `lists`: the long lists that several fields choose from, told once. */
const choicesOf = (field, lists) =>
  (field.choices ?? lists?.[field.choices_from] ?? []).map((one) => ({ value: String(one.value), label: one.name })).filter(({ value }) => value !== "");

const OTHERS = { text: (field) => (field.rows ? "text" : "line"), moment: () => "moment", date: () => "date", number: () => "number", photos: () => "photos", yes_no: () => "yes_no" };

const kindOf = (field, choices) => {
  if (field.kind === "choice") return field.many ? "several" : choices.length > FEW ? "select" : "choice";
  return (OTHERS[field.kind] ?? OTHERS.text)(field);
};

const boxes = (element) => element.querySelectorAll("input:not([type=file]), textarea, select");
const chosenOf = ({ value }) => new Set((Array.isArray(value) ? value : [value ?? ""]).map(String));

const addChoices = (element, field, id, choices) => {
  const holder = element.querySelector("[data-choices]");
  const chosen = chosenOf(field);
  if (holder.tagName === "SELECT") return holder.append(...choices.map(({ value, label }) => new Option(label, value, false, chosen.has(value))));
  for (const [place, { value, label }] of choices.entries()) {
    const choice = fill(copy("field-one-choice"), { label });
    const input = choice.querySelector("input");
    Object.assign(input, { type: field.many ? "checkbox" : "radio", id: `${id}-${place}`, name: id, value, checked: chosen.has(value) });
    holder.append(choice);
  }
};

const LIMITS = { max_length: "maxLength", min: "min", max: "max", rows: "rows" };

const join = (element, field, id) => {
  const isGroup = element.tagName === "FIELDSET";
  element.querySelector("[data-is=help]").id = `${id}-help`;
  element.querySelector("[data-error]").id = `${id}-error`;
  const about = [field.help && `${id}-help`, `${id}-error`].filter(Boolean).join(" ");
  (isGroup ? element : boxes(element)[0]).setAttribute("aria-describedby", about);
  if (isGroup) return boxes(element).forEach((box) => Object.assign(box, { name: id, checked: box.checked || chosenOf(field).has(box.value) }));
  const [box] = boxes(element);
  element.querySelector("label").htmlFor = id;
  Object.assign(box, { id, name: field.name, required: Boolean(field.required) });
  for (const [limit, attribute] of Object.entries(LIMITS)) if (field[limit] !== undefined) box[attribute] = field[limit];
  if (field.value !== undefined && field.value !== null) box.value = field.value;
};

/** One element per field; `prefix` keeps the ids of several forms on a page apart. */
export const drawFields = (fields, prefix, lists) =>
  fields.map((field) => {
    const id = `${prefix}-${field.name}`;
    const choices = choicesOf(field, lists);
    const kind = kindOf(field, choices);
    const element = fill(copy(`field-${kind}`), { label: field.label, help: field.help ?? "", needed: Boolean(field.required), optional: !field.required });
    Object.assign(element.dataset, { name: field.name, kind });
    if (element.querySelector("[data-choices]")) addChoices(element, field, id, choices);
    join(element, field, id);
    return element;
  });

const checked = (element) => [...element.querySelectorAll("input:checked")].map((input) => input.value);
const typed = (element) => boxes(element)[0].value.trim();
// Of the phone's own zone, as it was typed.
const asMoment = (words) => (words ? new Date(words).toISOString() : "");

const READ = {
  choice: (element) => checked(element)[0] ?? "",
  several: checked,
  yes_no: (element) => ({ yes: true, no: false })[checked(element)[0]] ?? "",
  number: (element) => (typed(element) === "" ? "" : Number(typed(element))),
  moment: (element) => asMoment(typed(element)),
};

const isEmpty = (value) => value === "" || value?.length === 0;

/** {values, missing}: what was entered, and the names of needed fields left empty. `photos`: how many there are. */
export const readFields = (form, fields, photos = 0) => {
  const values = {};
  const missing = [];
  for (const field of fields) {
    const element = form.querySelector(`[data-name="${CSS.escape(field.name)}"]`);
    const isPhotos = field.kind === "photos";
    const value = isPhotos ? photos || "" : (READ[element.dataset.kind] ?? typed)(element);
    if (isEmpty(value) && field.required) missing.push(field.name);
    if (!isPhotos && !isEmpty(value)) values[field.name] = value;
  }
  return { values, missing };
};

/** Put these sentences, {name: words}, beside their fields, take away all others, and go to the first. */
export const showProblems = (form, problems) => {
  for (const element of form.querySelectorAll("[data-name]")) {
    const words = problems[element.dataset.name] ?? "";
    const place = element.querySelector("[data-error]");
    place.hidden = !words;
    place.querySelector("span").textContent = words;
    for (const box of element.querySelectorAll("input:not([type=radio], [type=search]), textarea, select")) box.setAttribute("aria-invalid", String(Boolean(words)));
  }
  const first = form.querySelector(`[data-name="${CSS.escape(Object.keys(problems)[0] ?? "")}"] :is(input, textarea, select)`);
  first?.focus();
};
