// What waits for me: by grid, the most pressing first, from what this phone keeps; with network it is loaded anew.
import { copy, fill, part } from "../filling.js";
import { moment } from "../waiting/clocks.js";
import { counted, found, grouped } from "../waiting/grouping.js";
import { known } from "../waiting/known.js";
import { isSettled, unfinishedAbout } from "../waiting/own.js";
import { row } from "../waiting/rows.js";

const LOADED = { fresh: "loaded", same: "loaded", sign_in: "sign_in_first" };

const group = (tools, now, own) => (one) => {
  const section = fill(copy("waiting-group"), { name: one.name, count: one.tasks.length });
  part(section, "rows").append(...one.tasks.map((task) => row(task, now, tools, own(task.event))));
  return section;
};

export default async (root, app) => {
  const tools = known(app);
  const input = root.querySelector("input[type=search]");
  let kept = null;
  let own = () => 0;

  const drawAll = () => {
    const now = tools.now();
    const tasks = kept?.tasks ?? [];
    const shown = found(tasks, input.value);
    const { overdue, due_soon: dueSoon } = counted(tasks, now);
    fill(root, {
      sum: tasks.length ? tools.say("tasks_sum", { n: tasks.length }) : "",
      overdue: overdue > 0 && tools.say("tasks_overdue", { n: overdue }),
      due_soon: dueSoon > 0 && tools.say("tasks_due_soon", { n: dueSoon }),
      finder: tasks.length > 3,
      nothing: Boolean(kept) && !tasks.length,
      never: !kept,
      not_found: tasks.length > 0 && !shown.length,
      as_of: kept?.at ? tools.say("as_of", { at: moment(kept.at, now, tools.where) }) : "",
    });
    part(root, "groups").replaceChildren(...grouped(shown, now).map(group(tools, now, own)));
  };

  const read = async () => {
    own = await unfinishedAbout(app.outbox);
    kept = await tools.tasks();
    drawAll();
  };

  input.addEventListener("input", drawAll);
  input.form.addEventListener("submit", (event) => event.preventDefault());
  part(root, "all").addEventListener("click", () => {
    input.value = "";
    drawAll();
    input.focus();
  });
  part(root, "refresh").addEventListener("click", async () => {
    app.toast(tools.say(LOADED[await tools.load()] ?? "not_loaded"));
    await read();
  });
  await read();
  tools.load().then((became) => became === "fresh" && read());
  const renew = async () => {
    await tools.load(["tasks"]);
    await read();
  };
  addEventListener("online", renew);
  const ticking = setInterval(drawAll, 60_000);
  return {
    changed: (record) => (record && isSettled(record) ? renew() : read()),
    left: () => {
      clearInterval(ticking);
      removeEventListener("online", renew);
    },
  };
};
