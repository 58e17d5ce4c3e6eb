// The list of what waits, put in order: by grid, the most pressing first, narrowed by the words somebody looks for. Pure.

import { STANDINGS, standing } from "./clocks.js";

const pressing = (task, now) => [STANDINGS.indexOf(standing(task.clock, now)), Date.parse(task.clock?.due_at ?? "") || Infinity];

const sooner = (now) => (one, other) => {
  const [a, b] = [pressing(one, now), pressing(other, now)];
  return a[0] - b[0] || (a[1] === b[1] ? 0 : a[1] - b[1]) || String(one.number).localeCompare(String(other.number));
};

const spoken = (task) => [task.number, task.title, task.place, task.area_name, task.state_words].join(" ").toLocaleLowerCase();

/** Tasks that hold every word of the query, in any of what is shown of them. */
export const found = (tasks, query) => {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return tasks.filter((task) => words.every((word) => spoken(task).includes(word)));
};

/** [{area, name, tasks}]: each group and the groups themselves with the most pressing first. */
export const grouped = (tasks, now) => {
  const groups = new Map();
  for (const task of [...tasks].sort(sooner(now))) {
    if (!groups.has(task.area)) groups.set(task.area, { area: task.area, name: task.area_name, tasks: [] });
    groups.get(task.area).tasks.push(task);
  }
  return [...groups.values()];
};

/** How many are overdue and due soon: {overdue, due_soon}. */
export const counted = (tasks, now) => {
  const of = (how) => tasks.filter((task) => standing(task.clock, now) === how).length;
  return { overdue: of("overdue"), due_soon: of("due_soon") };
};
