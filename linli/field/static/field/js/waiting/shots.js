// Photos of an act: kept in its draft the moment they are taken, with the place of the shutter, and taken out again by a touch.
import { part } from "../filling.js";
import { Looking } from "../place.js";
import { addShot, showShots } from "../shots.js";

/** Follows the photo field of a form. `draft()` makes the draft where there is none yet; `failed(refusal)` says what was wrong. What it
 * gives back: `show(record)`, and `added()`, which waits for photos on their way into the draft and says whether all of them came there. */
export const followShots = (field, app, { draft, failed }) => {
  const list = part(field, "shots");
  const adding = new Set();
  let looking = null;

  const show = (record) => showShots(app.outbox, record, list, { removed: async (key) => show(await app.outbox.removePhoto(record.id, key)) });

  const add = async (files, source) => {
    const { id } = await draft();
    for (const file of files) await addShot(app.outbox, id, file, { source, taken: source ? null : await looking?.atShutter() });
  };

  for (const input of field.querySelectorAll("[data-shoot]")) {
    const source = input.dataset.shoot;
    input.addEventListener("click", () => {
      // A photo of the album was made somewhere else.
      if (!source) looking = new Looking();
    });
    input.addEventListener("cancel", () => looking?.stop());
    input.addEventListener("change", async () => {
      const added = add([...input.files], source).then(() => true, (refusal) => failed(refusal) ?? false);
      adding.add(added);
      await added;
      adding.delete(added);
      looking?.stop();
      input.value = "";
      await show(await app.outbox.get((await draft()).id));
    });
  }
  return { show, added: async () => (await Promise.all(adding)).every(Boolean) };
};
