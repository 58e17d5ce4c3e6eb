// The report form: questions of the category chosen, and the number to call first where it may be dangerous.
document.addEventListener("change", (event) => {
  const choice = event.target;
  if (!choice.matches("[name=category]")) return;
  for (const group of document.querySelectorAll("[data-questions-of]")) {
    const isChosen = group.dataset.questionsOf === choice.value;
    group.hidden = !isChosen;
    for (const field of group.querySelectorAll("input")) field.disabled = !isChosen;
  }
  const call = document.getElementById("call-first");
  call.hidden = !choice.dataset.call;
  if (choice.dataset.call) {
    const number = document.getElementById("call-number");
    number.textContent = choice.dataset.call;
    number.href = `tel:${choice.dataset.call}`;
  }
});
