// Words put into a field where its cursor stands, so that the browser's own undo takes them back; and a button that does.
const before = new WeakMap();

const insert = (field, words) => {
  before.set(field, field.value);
  field.focus();
  const from = field.selectionStart;
  // The only way into a field that its undo (Ctrl+Z) knows of; browsers without it still get the words.
  if (!document.execCommand("insertText", false, words)) {
    field.setRangeText(words, from, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const open = field.value.indexOf("【", from);
  const close = field.value.indexOf("】", open);
  // What is to be filled in by hand is chosen, so that typing goes there.
  if (open >= 0 && close > open) field.setSelectionRange(open, close + 1);
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert], [data-take-back]");
  if (!button) return;
  const field = document.getElementById(button.dataset.into || button.dataset.takeBack);
  const said = button.closest(".ready")?.querySelector(".ready-said");
  if (button.matches("[data-take-back]")) {
    field.select();
    const words = before.get(field) || "";
    if (!document.execCommand(words ? "insertText" : "delete", false, words)) field.value = words;
    field.focus();
  } else insert(field, button.dataset.insert);
  if (said) said.hidden = button.matches("[data-take-back]");
});
