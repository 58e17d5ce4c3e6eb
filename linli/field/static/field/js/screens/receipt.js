// What became of a report, and all that may still be told about it. Each answer is an act of its own in the outbox.
import { problemOf, titleOf } from "../describing.js";
import { fill, part, repeat } from "../filling.js";
import { showShots } from "../shots.js";
import { photosReceived, picturesOf, provisional, showState, voiceOf } from "../states.js";
import { moment } from "../times.js";
import { showHeard } from "../voice/hearing.js";
import { Voicing } from "../voice/voicing.js";
import { showAlike } from "./join.js";
import { ask } from "./questions.js";

export default async (root, app, id) => {
  const record = id && (await app.outbox.get(id));
  if (!record || record.kind !== "report") return app.go("outbox");
  const screen = new Receipt(root, app, record);
  await screen.begin();
  return screen;
};

class Receipt {
  constructor(root, app, record) {
    Object.assign(this, { root, app, record, id: record.id, asked: new Set() });
  }

  async begin() {
    this.known = await this.app.reference.get();
    this.category = (this.known.categories ?? []).find((one) => one.code === this.record.body.category);
    fill(this.root, { title: titleOf(this.record, this.app.reference), text: this.record.body.text });
    if (this.category?.emergency_call) {
      fill(this.root, { call: true, call_number: this.category.emergency_call });
      part(this.root, "call_number").href = `tel:${this.category.emergency_call}`;
    }
    part(this.root, "correct").href = `#correct/${this.id}`;
    part(this.root, "undo").addEventListener("click", () => this.undo());
    this.listenToAdding();
    await this.show();
    // What has become of it meanwhile, without being waited for.
    if (this.record.answer && navigator.onLine) this.app.outbox.ask(this.id).catch(() => {});
    this.clock = setInterval(() => this.showUndo(), 1000);
  }

  async changed(record) {
    if (record && record.id !== this.id && record.body?.about?.report !== this.id) return;
    this.record = (await this.app.outbox.get(this.id)) ?? this.record;
    if (record?.kind === "act" && record.told?.outcome) this.askAfter(record);
    await this.show();
  }

  /** An act was done: the report is another one now. */
  askAfter({ id }) {
    if (this.asked.has(id)) return;
    this.asked.add(id);
    this.app.outbox.ask(this.id).catch(() => {});
  }

  async show() {
    const { record } = this;
    const acts = (await this.app.outbox.list()).filter((one) => one.body.about?.report === this.id).reverse();
    this.showHead();
    this.showFacts();
    await this.showPhotos();
    this.showUndo();
    this.showSides(acts);
    this.showAlike(acts);
    this.showQuestions(acts);
    this.showLater(acts);
    const isKept = Boolean(record.answer);
    fill(this.root, { kept: isKept, correct: isKept || record.state !== "draft" });
  }

  showHead() {
    const { record, app } = this;
    showState(part(this.root, "state"), record);
    const number = record.told?.number;
    fill(this.root, {
      number: number ? "" : app.say("provisional", { number: provisional(record) }),
      pause: record.pause && app.sayIf(`pause_${record.pause}`),
      problem: record.state === "needs_you" && problemOf(record),
    });
    part(this.root, "problem").href = `#conflict/${this.id}`;
    const bar = part(this.root, "progress");
    bar.hidden = record.state !== "sending";
    bar.value = Math.round((record.progress ?? 0) * 100);
    const see = part(this.root, "see");
    see.hidden = !(number && app.door === "public");
    if (number) see.href = `/status/${number}`;
  }

  showFacts() {
    const { app } = this;
    const { answer, told, made_at } = this.record;
    const facts = [
      ["fact_state", told?.state_words],
      ["fact_office", told?.office ?? answer?.office],
      ["fact_by", answer?.accept_by && moment(answer.accept_by)],
      ["fact_due", told?.due_at && moment(told.due_at)],
      ["fact_area", told?.area_name ?? answer?.area_name],
      ["fact_who", told?.who?.slice(0, 3).map(({ role, name }) => `${role} ${name}`).join("、")],
      ["fact_code", app.door === "public" && answer?.code],
      ["fact_made", moment(made_at)],
    ].filter(([, value]) => value);
    repeat(part(this.root, "facts"), facts, (row, [name, value]) => fill(row, { name: app.say(name), value }));
  }

  async showPhotos() {
    const { record, app } = this;
    const words = (photo) => (photo.state === "refused" ? (photo.problem?.message ?? app.say("photo_refused")) : photo.state === "received" ? app.say("photo_received") : "");
    await showShots(app.outbox, record, part(this.root, "shots"), { words });
    const all = picturesOf(record).length;
    fill(this.root, { photos_words: all ? app.say("photos_received", { n: photosReceived(record), of: all }) : "" });
    await showHeard(part(this.root, "heard"), app, record, voiceOf(record));
  }

  showUndo() {
    const left = this.record.undo_until ? Math.ceil((new Date(this.record.undo_until) - Date.now()) / 1000) : 0;
    const isOpen = left > 0 && !this.record.is_taken_back;
    part(this.root, "undo").hidden = !isOpen;
    if (isOpen) part(this.root, "undo_words").textContent = this.app.say("undo", { n: left });
  }

  async undo() {
    const became = await this.app.outbox.undo(this.id);
    this.app.toast(this.app.say(`undo_${became}`));
    if (became === "draft") this.app.go("report", this.id);
    else await this.changed(null);
  }

  showSides(acts) {
    const sides = this.record.told?.sides ?? [];
    const isAnswered = acts.some(({ body }) => body.step === "place");
    fill(this.root, { sides: sides.length > 1 && !isAnswered });
    repeat(part(this.root, "sides_list"), sides, (button, side) => {
      button.textContent = side.name;
      button.addEventListener("click", () => this.tell("place", { area: side.code }));
    });
  }

  showAlike(acts) {
    const alike = this.record.told?.alike ?? [];
    const isJoined = acts.some(({ body }) => body.step === "join");
    fill(this.root, { alike: alike.length > 0 && !isJoined });
    showAlike(part(this.root, "alike_list"), alike, (one) => this.tell("join", { of: one.number }));
  }

  showQuestions(acts) {
    const open = this.record.told?.questions?.map((one) => ({ ...one, required: true })) ?? (this.record.answer ? [] : (this.category?.questions ?? []).filter((one) => one.required));
    const isAnswered = acts.some(({ body }) => body.step === "answers");
    const isShown = open.length > 0 && !isAnswered && this.record.state !== "draft";
    const form = part(this.root, "questions_form");
    const codes = open.map(({ code }) => code).join(" ");
    fill(this.root, { questions: isShown });
    // Drawn once: what is being typed is not taken away by news.
    if (!isShown || form.dataset.codes === codes) return;
    form.dataset.codes = codes;
    ask(form, open, (answers) => this.tell("answers", answers));
  }

  showLater(acts) {
    fill(this.root, { later: acts.length > 0 });
    repeat(part(this.root, "later_list"), acts, (row, act) => {
      part(row, "link").href = act.state === "needs_you" ? `#conflict/${act.id}` : "#outbox";
      fill(row, { title: titleOf(act, this.app.reference) });
      showState(part(row, "state"), act);
    });
  }

  listenToAdding() {
    const form = part(this.root, "add_form");
    const files = [];
    this.listenToVoice();
    part(this.root, "note_file").addEventListener("change", ({ target }) => {
      files.push(...target.files);
      repeat(part(this.root, "note_shots"), files, (shot, file) => (part(shot, "image").src = URL.createObjectURL(file)));
      target.value = "";
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const text = part(this.root, "note").value.trim();
      if (!(await this.voicing.finish())) return undefined;
      const voice = this.spoken ? [this.spoken] : [];
      if (!text && !files.length && !voice.length) return fill(this.root, { note_problem: this.app.say("note_empty") });
      if (!(await this.tell("note", { text }, [...files.splice(0), ...voice]))) return undefined;
      form.reset();
      this.forgetVoice();
      fill(this.root, { note_problem: "" });
      repeat(part(this.root, "note_shots"), [], () => {});
      part(this.root, "add").open = false;
      return undefined;
    });
  }

  /** In hand until the note is sent, as its photos are. */
  listenToVoice() {
    const forget = () => this.forgetVoice();
    this.voicing = new Voicing(part(this.root, "note_voice"), {
      keep: (file, duration_s) => {
        forget();
        this.spoken = { file, role: "voice", duration_s };
        return { ...this.spoken, url: (this.spoken_at = URL.createObjectURL(file)) };
      },
      drop: forget,
      url: ({ url }) => url,
    });
  }

  forgetVoice() {
    if (this.spoken_at) URL.revokeObjectURL(this.spoken_at);
    Object.assign(this, { spoken: null, spoken_at: null });
    this.voicing?.show(null);
  }

  /** One act about this report, in the outbox at once; true once it is kept there. */
  async tell(step, values, files = []) {
    try {
      await this.app.outbox.act({ about: { report: this.id }, step, values, photos: files });
    } catch (refusal) {
      this.app.toast(this.app.sayIf(`refused_${refusal.code}`, this.app.say("refused_photo")), { stays: true });
      return false;
    }
    this.app.toast(this.app.say("told"));
    await this.show();
    return true;
  }

  left() {
    clearInterval(this.clock);
    this.voicing.left();
  }
}
