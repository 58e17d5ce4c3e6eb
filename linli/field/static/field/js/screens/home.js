// The first screen: the camera, large and under the thumb; the place is looked for while the photo is made.
import { draftAt, titleOf } from "../describing.js";
import { fill, part, repeat } from "../filling.js";
import { Looking } from "../place.js";
import { startReport } from "../reporting.js";
import { showState } from "../states.js";
import { moment } from "../times.js";

const LATELY = 4;

const showLately = async (root, app) => {
  const records = (await app.outbox.list()).filter(({ kind }) => kind === "report").slice(0, LATELY);
  fill(root, { recent: records.length > 0, three: records.length === 0 });
  repeat(part(root, "list"), records, (one, record) => {
    part(one, "link").href = `#${(record.state === "draft" ? draftAt(record) : ["receipt", record.id]).join("/")}`;
    fill(one, { title: titleOf(record, app.reference), when: moment(record.made_at) });
    showState(part(one, "state"), record);
  });
};

export default async (root, app) => {
  fill(root, { spot: app.has("spot") });
  const file = part(root, "file");
  if (app.door === "staff") file.setAttribute("capture", "environment");
  let looking = null;
  file.addEventListener("click", () => (looking = new Looking()));
  file.addEventListener("cancel", () => looking?.stop());
  file.addEventListener("change", () => {
    if (file.files.length) startReport(app, { file: file.files[0], looking: looking ?? undefined });
  });
  part(root, "write").addEventListener("click", () => startReport(app, {}));
  part(root, "speak").addEventListener("click", () => startReport(app, { speaks: true }));
  await app.reference.get();
  await showLately(root, app);
  return { changed: () => showLately(root, app) };
};
