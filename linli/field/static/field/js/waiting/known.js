// What the screens of waiting work need of the app, in one place: words, the server's time, and what the phone keeps of tasks,
// grids and reference; null where it was never loaded.

const where = { language: document.documentElement.lang || "zh-hans", zone: document.body.dataset.zone || undefined };
const NAMES = ["tasks", "grid", "reference"];

export const known = (app) => {
  const kept = async (name) => {
    const { value, at } = await app.reference.row(name);
    return value.version ? { ...value, at } : null;
  };
  return {
    say: app.say,
    sayIf: app.sayIf,
    where,
    now: () => Date.now() + (app.outbox?.clock?.known?.offset_ms ?? 0),
    tasks: () => kept("tasks"),
    grid: () => kept("grid"),
    reference: () => kept("reference"),
    /** Asks the server for these: whether anything is new, the same, or could not be had. */
    async load(names = NAMES, how = {}) {
      const became = await Promise.all(names.map((name) => app.reference.refresh(name, how)));
      return became.includes("fresh") ? "fresh" : (became.find((one) => one !== "same") ?? "same");
    },
  };
};
