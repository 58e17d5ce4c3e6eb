// Completing a command: the list below the bar follows what is typed; arrows choose, Tab and Enter take.

let asked = 0;
const options = (bar) => [...bar.querySelectorAll("[role=option]")];
const chosen = (bar) => bar.querySelector("[role=option][aria-selected=true]");

const choose = (input, bar, option) => {
  for (const one of options(bar)) one.setAttribute("aria-selected", String(one === option));
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
};

const hide = (input, bar) => {
  asked += 1;
  choose(input, bar, null);
  bar.querySelector("#command-offers").hidden = true;
  input.setAttribute("aria-expanded", "false");
};

const take = (input, bar, option) => {
  input.value = `${option.dataset.line} `;
  hide(input, bar);
  input.focus();
};

/** Whether a choice of the list was taken; otherwise the line is as it was meant, and the list goes. */
export const isTaken = (input, bar) => {
  const option = chosen(bar);
  if (option) take(input, bar, option);
  else hide(input, bar);
  return Boolean(option);
};

/** Ask how the line may go on, and show it. */
export const complete = async (input, bar, query) => {
  const mine = ++asked;
  listen(input, bar, query);
  const reply = await fetch(`${bar.dataset.offers}?${query()}`).catch(() => null);
  if (mine !== asked || !reply?.ok || reply.redirected) return;
  const text = await reply.text();
  if (mine !== asked) return;
  bar.querySelector("[data-offers-place]").innerHTML = text;
  input.setAttribute("aria-expanded", String(options(bar).length > 0));
  input.removeAttribute("aria-activedescendant");
};

const listen = (input, bar, query) => {
  if (input.dataset.completes) return;
  input.dataset.completes = "yes";
  input.addEventListener("keydown", (event) => {
    // Enter that ends the typing of a character by an input method is not for us (229: Safari says it so).
    if (event.isComposing || event.keyCode === 229) {
      if (event.key === "Enter") event.stopPropagation();
      return;
    }
    const all = bar.querySelector("#command-offers").hidden ? [] : options(bar);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) choose(input, bar, all.at((all.indexOf(chosen(bar)) + step + (step < 0 && !chosen(bar) ? 1 : 0)) % all.length));
    else if (event.key === "Tab" && !event.shiftKey && all.length) {
      take(input, bar, chosen(bar) ?? all[0]);
      complete(input, bar, query);
    } else return;
    event.preventDefault();
  });
  bar.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    take(input, bar, option);
    complete(input, bar, query);
  });
};
