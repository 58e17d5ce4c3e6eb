// Handled on the spot, on one screen: before, after, what it was, what was done, sent.
import { copy, draw, fill, part } from "../filling.js";
import { areaAt } from "../ground.js";
import { likely, search } from "../likely.js";
import { Looking } from "../place.js";
import { voiceOf } from "../states.js";
import { voiceUrl } from "../voice/hearing.js";
import { Voicing } from "../voice/voicing.js";
import { showProblems } from "../waiting/described.js";
import { known } from "../waiting/known.js";
import { begun, dropPhoto, keepPhoto, MARK, photoOf, send } from "../waiting/spotting.js";

const FOUND_MOST = 12;
//: The place was looked for since the screen was opened; a photo is not kept waiting for it.
const SHUTTER_MS = 500;

export default async (root, app) => {
  const screen = new SpotScreen(root, app);
  await screen.begin();
  return screen;
};

class SpotScreen {
  constructor(root, app) {
    Object.assign(this, { root, app, outbox: app.outbox, tools: known(app), fix: null, making: null, taking: new Set() });
  }

  async begin() {
    const { categories = [], areas = [], likely: counted } = (await this.tools.reference()) ?? {};
    Object.assign(this, { categories, counted, grids: areas.filter(({ is_mine, level }) => is_mine && level === "grid") });
    this.draft = await begun(this.outbox);
    this.area = this.grids.find(({ code }) => code === this.draft?.body.area) ?? this.grids[0];
    this.looking = new Looking();
    this.voicing = this.makeVoicing();
    this.listen();
    for (const side of this.root.querySelectorAll("[data-role]")) await this.beginSide(side);
    fill(this.root, { problem: false, kinds_missing: !categories.length });
    this.showKinds(this.draft?.body.category);
    this.showPlace();
    this.looking.ended().then((fix) => this.placed(fix));
  }

  listen() {
    const find = this.root.querySelector("input[type=search]");
    find.addEventListener("input", () => this.showKinds());
    find.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    const select = part(this.root, "areas").querySelector("select");
    select.append(...this.grids.map(({ code, name }) => new Option(name, code)));
    select.addEventListener("change", () => {
      this.area = this.grids.find(({ code }) => code === select.value);
      this.showKinds();
    });
    part(this.root, "kinds").addEventListener("change", ({ target }) => this.draft && this.outbox.keep(this.draft.id, { category: target.value }));
    this.root.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  makeVoicing() {
    const voicing = new Voicing(part(this.root, "voice"), {
      keep: async (file, duration_s) => this.outbox.addVoice(await this.ours(), file, { duration_s }),
      drop: async ({ key }) => this.outbox.removePhoto(await this.ours(), key),
      url: (voice) => voiceUrl(this.app, this.draft, voice),
    });
    voicing.show(voiceOf(this.draft ?? {}));
    return voicing;
  }

  // Two photos taken quickly one after the other are of one draft.
  async ours() {
    this.making ??= this.draft ? Promise.resolve(this.draft) : this.outbox.draft({ kind: "report", ...MARK });
    try {
      this.draft = await this.making;
    } catch (refusal) {
      this.making = null;
      throw refusal;
    }
    return this.draft.id;
  }

  async beginSide(side) {
    const { role } = side.dataset;
    const input = side.querySelector("input");
    input.addEventListener("change", async () => {
      const [file] = input.files;
      input.value = "";
      if (!file) return;
      const taken = this.take(side, role, file);
      this.taking.add(taken);
      await taken;
      this.taking.delete(taken);
    });
    side.querySelector("[data-drop]").addEventListener("click", async () => {
      showSide(side, null);
      await dropPhoto(this.outbox, await this.ours(), role);
      input.focus();
    });
    const photo = photoOf(this.draft, role);
    if (photo) showSide(side, await this.outbox.photo(this.draft.id, photo.key));
  }

  /** Keeps a photo of one side; whether it could. */
  async take(side, role, file) {
    showSide(side, file);
    side.setAttribute("aria-busy", "true");
    try {
      await keepPhoto(this.outbox, await this.ours(), role, file, await this.looking.atShutter(SHUTTER_MS));
      fill(this.root, { problem: false });
      return true;
    } catch (refusal) {
      showSide(side, null);
      this.showProblem(refusal);
      return false;
    } finally {
      side.removeAttribute("aria-busy");
    }
  }

  chosen() {
    return this.root.querySelector("[name=kind]:checked")?.value ?? "";
  }

  /** The likely ones, or those that were looked for; one that was chosen stays. */
  showKinds(chosen = this.chosen()) {
    const words = this.root.querySelector("input[type=search]").value.trim();
    const all = { categories: this.categories, likely: this.counted };
    const found = words ? search(all, words).slice(0, FOUND_MOST) : likely(all, this.area?.code);
    const kept = this.categories.find(({ code }) => code === chosen);
    const shown = kept && !found.includes(kept) ? [kept, ...found] : found;
    part(this.root, "kinds").replaceChildren(...shown.map((category) => kindTile(category, chosen)));
  }

  placed(fix) {
    this.fix = fix;
    const area = fix && areaAt(this.grids, fix);
    if (area && area !== this.area) {
      this.area = area;
      this.showKinds();
    }
    this.showPlace(!fix);
  }

  showPlace(isOver = false) {
    const inside = this.fix && areaAt(this.grids, this.fix);
    const without = isOver ? (this.looking.refused ? "place_refused" : "place_none") : "place_looking";
    const name = inside ? "place_found_in" : this.fix ? "place_found" : without;
    const words = this.tools.say(name, { area: inside?.name, n: this.fix?.accuracy_m });
    fill(this.root, { where: true, where_words: words, areas: isOver && this.grids.length > 1 });
  }

  showProblem(refusal) {
    fill(this.root, { problem: true, problem_words: this.tools.sayIf(`refused_${refusal.code}`, this.tools.say("not_kept")) });
    if (!refusal.code) throw refusal;
  }

  problems(category, text) {
    return {
      ...(this.categories.length && !category && { category: this.tools.say("spot_choose") }),
      ...(!text && { text: this.tools.say("missing") }),
    };
  }

  /** The point; without one the grid, which is enough. */
  where() {
    if (!this.fix) return this.area ? { area: this.area.code } : {};
    const { lon, lat, accuracy_m, fixed_at } = this.fix;
    return { lon, lat, accuracy_m, fixed_at, crs: "wgs84" };
  }

  async submit() {
    const [category, text, button] = [this.chosen(), part(this.root, "text").value.trim(), part(this.root, "send")];
    const problems = this.problems(category, text);
    showProblems(this.root, problems);
    if (Object.keys(problems).length || button.disabled) return;
    button.disabled = true;
    try {
      const isWhole = (await this.voicing.finish()) && (await Promise.all(this.taking)).every(Boolean);
      if (!isWhole) return (button.disabled = false);
      const { id } = await send(this.outbox, await this.ours(), { ...this.where(), ...(category && { category }), text });
      this.app.toast(this.tools.say("spot_kept"));
      this.app.go("receipt", id);
    } catch (refusal) {
      button.disabled = false;
      this.showProblem(refusal);
    }
  }

  left() {
    this.looking.stop();
    return this.voicing.left();
  }
}

const kindTile = (category, chosen) => {
  const tile = fill(copy("kind"), { name: category.name, icon: true });
  Object.assign(tile.querySelector("input"), { value: category.code, checked: category.code === chosen });
  draw(part(tile, "icon").querySelector("svg"), category.icon || "tag");
  return tile;
};

const showSide = (side, file) => {
  const image = side.querySelector("img");
  if (image.src) URL.revokeObjectURL(image.src);
  if (file) image.src = URL.createObjectURL(file);
  else image.removeAttribute("src");
  image.hidden = !file;
  side.querySelector("[data-drop]").hidden = !file;
};
