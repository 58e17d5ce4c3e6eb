// "What is it?": six likely categories, the rest by a word, and the button that sends. All else is optional and can follow.
import { problemOf } from "../describing.js";
import { draw, fill, part, repeat } from "../filling.js";
import { areaAt, holds } from "../ground.js";
import { likely, search } from "../likely.js";
import { Looking } from "../place.js";
import { addPhoto, isToSpeak, news, photosAdded, placeOf, placeSoon } from "../reporting.js";
import { forgetShots, showShots } from "../shots.js";
import { voiceOf } from "../states.js";
import { Typing } from "../typing.js";
import { voiceUrl } from "../voice/hearing.js";
import { Voicing } from "../voice/voicing.js";

const MAY_CHANGE = new Set(["draft", "needs_you"]);
const FOUND_MOST = 12;
const PLACE_PATIENCE_MS = 3000;

export default async (root, app, id) => {
  const found = id && (await app.outbox.get(id));
  if (!found || !MAY_CHANGE.has(found.state) || found.answer) return app.go("home");
  // Open in another tab: what is written here goes on under an id of its own.
  const record = found.state === "draft" ? await app.outbox.edit(id) : found;
  if (record.id !== id) return app.go("report", record.id);
  const screen = new ReportScreen(root, app, record);
  await screen.begin();
  return screen;
};

class ReportScreen {
  constructor(root, app, record) {
    Object.assign(this, { root, app, record, id: record.id, typing: [] });
    this.placed = ({ detail }) => detail === this.id && this.showPlace();
  }

  async begin() {
    this.known = await this.app.reference.get();
    this.voicing = this.makeVoicing();
    this.showCategories();
    this.listen();
    this.showAreas();
    this.showPlace();
    fill(this.root, { problem: problemOf(this.record) });
    part(this.root, "text").value = this.record.body.text ?? "";
    part(this.root, "place").value = this.record.body.place ?? "";
    const speaks = isToSpeak(this.id);
    part(this.root, "words").open = Boolean(this.record.body.text) || !this.record.photos.length && !this.record.body.category && !this.isShot() && !speaks;
    await this.changed(this.record);
    // Not waited for: the screen is there while the phone still asks for the microphone.
    if (speaks) this.voicing.start();
  }

  makeVoicing() {
    return new Voicing(part(this.root, "voice"), {
      keep: (file, duration_s) => this.app.outbox.addVoice(this.id, file, { duration_s }),
      drop: ({ key }) => this.app.outbox.removePhoto(this.id, key),
      url: (voice) => voiceUrl(this.app, this.record, voice),
      changed: () => this.voicing && this.showSend(),
    });
  }

  /** A photo is on its way into the draft: it was begun with the camera. */
  isShot() {
    return placeOf(this.id).withPhoto;
  }

  listen() {
    const keep = (fields) => this.app.outbox.keep(this.id, fields);
    news.addEventListener("changed", this.placed);
    this.root.addEventListener("change", ({ target }) => {
      if (target.name === "category") this.choose(target.value);
    });
    for (const name of ["text", "place"]) {
      const field = part(this.root, name);
      const keepWords = () => keep({ [name]: field.value.trim() });
      field.addEventListener("change", keepWords);
      this.typing.push(new Typing(field, keepWords));
    }
    part(this.root, "text").addEventListener("input", () => this.showSend());
    part(this.root, "area").addEventListener("change", ({ target }) => keep({ area: target.value }));
    part(this.root, "find").addEventListener("input", ({ target }) => this.find(target.value.trim()));
    this.listenToCamera();
    part(this.root, "throw").addEventListener("click", () => this.throwAway());
    part(this.root, "send").addEventListener("click", () => this.send());
  }

  listenToCamera() {
    const file = part(this.root, "file");
    if (this.app.door === "staff") file.setAttribute("capture", "environment");
    let looking = null;
    file.addEventListener("click", () => (looking = new Looking()));
    file.addEventListener("cancel", () => looking?.stop());
    file.addEventListener("change", async () => {
      if (file.files.length) await addPhoto(this.app, this.id, file.files[0], looking);
      looking?.stop();
      file.value = "";
    });
  }

  showCategories() {
    const area = this.record.body.area || areaAt(this.known.areas ?? [], this.record.body)?.code || this.app.homeArea || "";
    const six = likely(this.known, area);
    fill(this.root, { no_categories: !six.length });
    repeat(part(this.root, "tiles"), six, (tile, one) => {
      tile.querySelector("input").value = one.code;
      draw(tile.querySelector("svg"), one.icon || "tag");
      fill(tile, { name: one.name });
    });
    this.mark(this.record.body.category);
  }

  find(words) {
    const found = words ? search(this.known, words).slice(0, FOUND_MOST) : [];
    const domains = new Map((this.known.categories ?? []).map((one) => [one.code, one.name]));
    repeat(part(this.root, "found"), found, (row, one) => {
      row.querySelector("input").value = one.code;
      fill(row, { name: one.name, domain: domains.get(one.parent) });
    });
    part(this.root, "found_words").textContent = words ? this.app.say("found", { n: found.length }) : "";
    this.mark(this.record.body.category);
  }

  mark(code) {
    for (const input of this.root.querySelectorAll("[name=category]")) input.checked = input.value === code;
    const chosen = (this.known.categories ?? []).find((one) => one.code === code);
    fill(this.root, { call: Boolean(chosen?.emergency_call) });
    if (chosen?.emergency_call) {
      const number = part(this.root, "number");
      number.textContent = chosen.emergency_call;
      number.href = `tel:${chosen.emergency_call}`;
    }
  }

  async choose(code) {
    this.mark(code);
    this.record = await this.app.outbox.keep(this.id, { category: code });
    this.showSend();
  }

  showAreas() {
    const all = this.known.areas ?? [];
    const mine = all.filter((area) => area.is_mine);
    const areas = mine.length ? mine : all;
    const choice = part(this.root, "area");
    choice.append(new Option(this.app.say("area_by_place"), ""), ...areas.map((area) => new Option(area.name, area.code)));
    choice.value = this.record.body.area ?? "";
    part(this.root, "elsewhere").hidden = !areas.length;
  }

  showPlace() {
    const { fix, isLooking, refused } = placeOf(this.id);
    const at = fix ?? (this.record.body.lon ? this.record.body : null);
    const area = at && areaAt(this.known.areas ?? [], at);
    const words = at
      ? this.app.say(area ? "place_found_in" : "place_found", { n: at.accuracy_m, area: area?.name })
      : this.app.say(isLooking ? "place_looking" : refused ? "place_refused" : "place_none");
    part(this.root, "where_words").textContent = words;
    part(this.root, "where").dataset.state = at ? "found" : isLooking ? "looking" : "none";
    if (!at && !isLooking) part(this.root, "elsewhere").open = true;
  }

  showSend() {
    const words = part(this.root, "text").value.trim();
    const isUnsorted = !this.record.body.category;
    part(this.root, "send").disabled = isUnsorted && !words && !this.record.photos.length && !this.isShot() && !this.voicing.isOn;
    part(this.root, "send_words").textContent = this.app.say(isUnsorted ? "send_unsorted" : "send");
  }

  async changed(record) {
    if (record?.id !== this.id) return;
    this.record = record;
    await showShots(this.app.outbox, record, part(this.root, "shots"), {
      removed: (key) => this.app.outbox.removePhoto(this.id, key),
      words: (photo) => (photo.problem ? this.app.sayIf(`refused_${photo.problem.code}`, photo.problem.message ?? "") : ""),
    });
    this.voicing.show(voiceOf(record));
    this.showSend();
  }

  async throwAway() {
    for (const typing of this.typing) typing.stop();
    await this.voicing.left();
    await this.app.outbox.discard(this.id);
    forgetShots(this.id);
    this.app.toast(this.app.say("thrown_away"));
    this.app.go("home");
  }

  async send() {
    part(this.root, "send").disabled = true;
    // Still speaking: what was said until now goes with it.
    const isKept = await this.voicing.finish();
    this.record = await this.app.outbox.get(this.id);
    this.showSend();
    if (!isKept || part(this.root, "send").disabled) return undefined;
    part(this.root, "send").disabled = true;
    for (const typing of this.typing) typing.stop();
    const [fix] = await Promise.all([placeSoon(this.id, PLACE_PATIENCE_MS), photosAdded(this.id)]);
    const where = this.whereNow(fix ?? (this.record.body.lon ? this.record.body : null));
    if (!where) return this.askWhere();
    const [text, place] = ["text", "place"].map((name) => part(this.root, name).value.trim());
    await this.app.outbox.keep(this.id, { text, place, ...where });
    await (this.record.state === "draft" ? this.app.outbox.send(this.id) : this.app.outbox.retry(this.id));
    this.isSent = true;
    this.app.go("receipt", this.id);
  }

  /** The point, unless an area was chosen that it does not lie in; else the area, chosen or their own; null if neither is known. */
  whereNow(at) {
    const chosen = part(this.root, "area").value;
    const outline = (this.known.areas ?? []).find((area) => area.code === chosen)?.outline;
    const isThere = at && (!chosen || (outline && holds(outline, [at.lon, at.lat])));
    if (isThere) return { lon: at.lon, lat: at.lat, accuracy_m: at.accuracy_m, fixed_at: at.fixed_at, crs: "wgs84", area: undefined };
    const area = chosen || this.app.homeArea;
    return area ? { area, lon: undefined, lat: undefined, accuracy_m: undefined, fixed_at: undefined, crs: undefined } : null;
  }

  askWhere() {
    part(this.root, "elsewhere").open = true;
    fill(this.root, { problem: this.app.say("where_needed") });
    part(this.root, "area").focus();
    this.showSend();
  }

  async left() {
    news.removeEventListener("changed", this.placed);
    if (!this.isSent) await Promise.all(this.typing.map((typing) => typing.finish()));
    await this.voicing.left();
    const record = this.isSent ? null : await this.app.outbox.get(this.id);
    const { text, category } = record?.body ?? {};
    // Opened and left with nothing in it: no draft to be tidied away by hand.
    if (record?.state === "draft" && !text && !category && !record.photos.length && !this.isShot()) await this.app.outbox.discard(this.id);
  }
}
