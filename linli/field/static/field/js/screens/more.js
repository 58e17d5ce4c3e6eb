// How this phone shows the app, in which language, for whom; and the way out.
import { changeOwner } from "../beginning.js";
import { fill, part } from "../filling.js";
import { canInstall, install } from "../installing.js";
import { speak } from "../language.js";
import { choose, looks } from "../looks.js";
import { ringing, ringOff, ringOn } from "../ringing.js";
import { lookForVersion } from "../versions.js";

export default async (root, app) => {
  const isStaff = app.door === "staff";
  const version = document.body.dataset.version;
  fill(root, { who: isStaff && Boolean(app.person), name: app.person?.name, notices: isStaff, desk: isStaff, leave: isStaff, version: app.say("version", { version }) });
  showLooks(root);
  showInstall(root, app);
  part(root, "look").addEventListener("click", async () => app.toast(app.say(await lookForVersion())));
  if (!isStaff) return;
  showRinging(root, app);
  await prepareLeaving(root, app);
};

const showRinging = async (root, app) => {
  const show = (state) => fill(root, { ring: true, ring_state: app.say(`ring_${state}`), ring_on: state === "off", ring_off: state === "on", ring_problem: false });
  const change = async ({ currentTarget: button }, act) => {
    button.disabled = true;
    const became = await act(app.outbox);
    button.disabled = false;
    if (typeof became === "string") show(became);
    else fill(root, { ring_problem: app.sayIf(became.problem, became.problem) });
  };
  part(root, "ring_on").addEventListener("click", (event) => change(event, ringOn));
  part(root, "ring_off").addEventListener("click", (event) => change(event, ringOff));
  show(await ringing(app.outbox));
};

const showLooks = (root) => {
  const form = part(root, "looks");
  const now = { ...looks(), language: document.documentElement.lang };
  for (const [name, value] of Object.entries(now)) for (const one of form.elements[name]) one.checked = one.value === value;
  form.addEventListener("change", ({ target }) => {
    if (target.name === "language") speak(target.value);
    else choose({ [target.name]: target.value });
  });
};

const showInstall = (root, app) => {
  const how = canInstall();
  fill(root, { install: how !== "", install_words: how && app.say(`install_${how}`), install_now: how === "now" });
  part(root, "install_now").addEventListener("click", async () => {
    await install();
    fill(root, { install: false });
  });
};

const prepareLeaving = async (root, app) => {
  const { draft, waiting, sending, needs_you } = await app.outbox.counts();
  const unsent = draft + waiting + sending + needs_you;
  fill(root, { leave_words: app.say(unsent ? "leave_unsent" : "leave", { n: unsent }), confirm_words: app.say("leave_unsent", { n: unsent }) });
  const confirm = part(root, "confirm");
  const leave = async () => {
    // The next holder is not rung for this one.
    await ringOff(null);
    await app.outbox.signOut({ keep: true });
    app.outbox = null;
    await changeOwner(app, null);
  };
  part(root, "leave_now").addEventListener("click", () => (unsent ? confirm.showModal() : leave()));
  part(root, "confirm_no").addEventListener("click", () => confirm.close());
  part(root, "confirm_yes").addEventListener("click", leave);
};
