// The questions of a category that are still open, as a form: asked after sending, never before.
import { say } from "../words.js";

const field = (question, number) => {
  const id = `question-${number}`;
  const box = document.createElement(question.type === "choice" ? "fieldset" : "p");
  box.className = "field";
  const label = Object.assign(document.createElement(question.type === "choice" ? "legend" : "label"), { textContent: question.ask });
  box.append(label);
  if (question.type === "choice") {
    for (const choice of question.choices) box.append(choiceOf(id, choice));
  } else {
    label.htmlFor = id;
    box.append(Object.assign(document.createElement("input"), { id, name: id, maxLength: 500, inputMode: question.type === "number" ? "decimal" : "text" }));
  }
  const problem = Object.assign(document.createElement("span"), { className: "field-error", id: `${id}-problem`, hidden: true });
  problem.setAttribute("role", "alert");
  box.append(problem);
  return box;
};

const choiceOf = (name, choice) => {
  const label = Object.assign(document.createElement("label"), { className: "choice" });
  label.append(Object.assign(document.createElement("input"), { type: "radio", name, value: choice.code }), ` ${choice.name}`);
  return label;
};

/** Puts the questions into the form; `answered({code: value})` is called once all required ones are answered. */
export const ask = (form, questions, answered) => {
  const button = Object.assign(document.createElement("button"), { className: "primary wide", textContent: say("answer") });
  form.replaceChildren(...questions.map(field), button);
  form.onsubmit = (event) => {
    event.preventDefault();
    const given = new FormData(form);
    const answers = Object.fromEntries(questions.map((one, number) => [one.code, String(given.get(`question-${number}`) ?? "").trim()]));
    const wrong = questions.map((one) => problemOf(one, answers[one.code]));
    wrong.forEach((problem, number) => showProblem(form, number, problem));
    if (wrong.some(Boolean)) return form.querySelector("[aria-invalid=true]")?.focus();
    answered(Object.fromEntries(Object.entries(answers).filter(([, value]) => value)));
  };
};

const problemOf = (question, answer) => {
  if (!answer) return question.required ? say("answer_missing") : "";
  return question.type === "number" && !Number.isFinite(Number(answer)) ? say("answer_no_number") : "";
};

const showProblem = (form, number, problem) => {
  const place = form.querySelector(`#question-${number}-problem`);
  place.textContent = problem;
  place.hidden = !problem;
  for (const input of form.querySelectorAll(`[name=question-${number}]`)) {
    input.setAttribute("aria-invalid", String(Boolean(problem)));
    input.setAttribute("aria-describedby", place.id);
  }
};
