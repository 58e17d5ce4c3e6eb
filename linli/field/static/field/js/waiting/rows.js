// One line of a list of matters: title, place, clock, state, and what of it is still on this phone.
import { copy, draw, fill, part } from "../filling.js";
import { left, standing } from "./clocks.js";

const ICONS = { overdue: "circle-alert", due_soon: "hourglass", running: "clock", paused: "pause", none: "clock" };

/** The words and colour of a clock, in an element with an icon and a place `left`. */
export const showClock = (element, clock, now, { say, where }) => {
  const how = standing(clock, now);
  const { name, values } = left(clock, now, where);
  element.classList.add(`clock-${how}`);
  draw(element.querySelector("svg"), ICONS[how]);
  fill(element, { left: how === "none" ? "" : say(name, values) });
  element.hidden = how === "none";
};

/** The list item of a matter; `own`: how many acts of this phone about it are not done yet. */
export const row = (task, now, tools, own = 0) => {
  const one = fill(copy("waiting-row"), {
    title: task.title,
    place: task.place ?? "",
    state: task.state_words,
    urgency: tools.sayIf(`urgency_${task.urgency}`),
    number: task.number,
    own: own > 0,
    own_words: tools.say("own_count", { n: own }),
  });
  part(one, "state").classList.add(`state-${task.state}`);
  if (task.urgency) part(one, "urgency").classList.add(`tag-${task.urgency}`);
  part(one, "open").href = `#task/${encodeURIComponent(task.event)}`;
  showClock(part(one, "clock"), task.clock, now, tools);
  return one;
};
