// Every screen, a line each: its name is its address (`#name/…`), its template is templates/field/screens/name.html.
// `tab` is the tab at the bottom that is marked; `doors` are those it is for (both, if it says nothing).
export const SCREENS = {
  enter: { tab: "", draw: () => import("./screens/enter.js") },
  home: { tab: "home", draw: () => import("./screens/home.js") },
  report: { tab: "home", draw: () => import("./screens/report.js") },
  receipt: { tab: "home", draw: () => import("./screens/receipt.js") },
  correct: { tab: "home", draw: () => import("./screens/correct.js") },
  outbox: { tab: "outbox", draw: () => import("./screens/outbox.js") },
  conflict: { tab: "outbox", draw: () => import("./screens/conflict.js") },
  more: { tab: "more", draw: () => import("./screens/more.js") },
  tasks: { tab: "tasks", doors: ["staff"], draw: () => import("./screens/tasks.js") },
  task: { tab: "tasks", doors: ["staff"], draw: () => import("./screens/task.js") },
  grid: { tab: "grid", doors: ["staff"], draw: () => import("./screens/grid.js") },
  spot: { tab: "home", doors: ["staff"], draw: () => import("./screens/spot.js") },
};
