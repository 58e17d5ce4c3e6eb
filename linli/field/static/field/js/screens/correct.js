// The place of a report, put right by its reporter: a tap on the map, the phone's own position, or words. An act like any other.
import { fill, part } from "../filling.js";
import { pickOn } from "../picking.js";
import { Looking } from "../place.js";

export default async (root, app, id) => {
  const record = id && (await app.outbox.get(id));
  if (!record) return app.go("outbox");
  const { areas = [] } = await app.reference.get();
  const { lon, lat } = record.body;
  let where = null;
  let map = null;
  const choose = (at) => {
    where = at;
    part(root, "chosen").textContent = app.say(at.accuracy_m ? "place_found" : "place_chosen", { n: at.accuracy_m });
  };
  // The screen is drawn first: a map needs to know its size.
  requestAnimationFrame(async () => {
    try {
      map = await pickOn(part(root, "map"), areas, lon ? [lon, lat] : null, (x, y) => choose({ lon: Number(x.toFixed(6)), lat: Number(y.toFixed(6)) }));
    } catch {
      fill(root, { map: false, no_map: true });
    }
  });
  part(root, "here").addEventListener("click", async () => {
    part(root, "chosen").textContent = app.say("place_looking");
    const fix = await new Looking().ended();
    if (!fix) return void (part(root, "chosen").textContent = app.say("place_none"));
    choose({ lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m });
    map?.put(fix.lon, fix.lat);
  });
  part(root, "save").addEventListener("click", async () => {
    const place = part(root, "place").value.trim();
    if (!where && !place) return void fill(root, { problem: app.say("place_nothing") });
    await app.outbox.act({ about: { report: id }, step: "place", values: { ...where, ...(where && { crs: "wgs84" }), ...(place && { place }) } });
    app.toast(app.say("told"));
    app.go("receipt", id);
  });
  return { left: () => map?.close() };
};
