// A step as the person does it: one touch where nothing is asked, a form that unfolds where something is. What is entered is a
// draft in the outbox from the first photo or word on; sent, it is an act that waits for network, and can be taken back for a minute.
import { copy, draw, fill, part } from "../filling.js";
import { picturesOf, voiceOf } from "../states.js";
import { Typing } from "../typing.js";
import { voiceUrl } from "../voice/hearing.js";
import { Voicing } from "../voice/voicing.js";
import { drawFields, readFields, showProblems } from "./described.js";
import { followShots } from "./shots.js";

// Where no photos are asked for, what was said is kept beside the act as a note; these are read by those who hear it.
const SPOKEN = new Set(["hand_back"]);

export class StepForm {
  /** `act`: {about, expected_state, after}, what every act from here says beside its own values. `draft`: one begun before, or null. */
  constructor(step, act, app, tools, { draft = null, lists = {}, sent = () => {} } = {}) {
    Object.assign(this, { step, act, app, tools, draft, sent, making: null, isSent: false });
    const isPlain = !step.fields?.length;
    this.element = fill(copy(isPlain ? "step-plain" : "step-form"), { label: this.label(), icon: true, problem: false, send: step.label });
    this.element.dataset.step = step.step;
    draw(part(this.element, "icon").querySelector("svg"), step.icon ?? "check");
    this.form = isPlain ? this.element : this.element.querySelector("form");
    if (!isPlain) this.drawForm(lists);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  /** Whether it goes on as the form of this step: it asks the same, is not sent, and fills in the draft there is, if there is one. */
  stays(step, draft) {
    if (this.isSent || naming(step) !== naming(this.step)) return false;
    if (!draft) return true;
    return this.draft ? this.draft.id === draft.id : Boolean(this.making);
  }

  label() {
    return this.step.part_name ? `${this.step.label} · ${this.step.part_name}` : this.step.label;
  }

  drawForm(lists) {
    const entered = this.draft?.body.values ?? {};
    const fields = this.step.fields.map((field) => (field.name in entered ? { ...field, value: entered[field.name] } : field));
    part(this.element, "fields").append(...drawFields(fields, `step-${this.step.step}-${this.step.part ?? ""}`, lists));
    this.element.open = Boolean(this.draft);
    const shots = this.form.querySelector("[data-kind=photos]");
    this.shots = shots && followShots(shots, this.app, { draft: () => this.begun(), failed: (refusal) => this.showProblem(refusal) });
    if (this.draft) this.shots?.show(this.draft);
    if (shots || SPOKEN.has(this.step.step)) this.drawVoice();
    const keep = () => this.keep().catch((refusal) => this.showProblem(refusal));
    this.form.addEventListener("change", ({ target }) => target.type !== "file" && keep());
    this.typing = new Typing(this.form, keep);
  }

  drawVoice() {
    const place = document.createElement("div");
    part(this.element, "fields").append(place);
    this.voicing = new Voicing(place, {
      keep: async (file, duration_s) => this.app.outbox.addVoice((await this.begun()).id, file, { duration_s }),
      drop: async ({ key }) => this.app.outbox.removePhoto((await this.begun()).id, key),
      url: (voice) => voiceUrl(this.app, this.draft, voice),
    });
    this.voicing.show(voiceOf(this.draft ?? {}));
  }

  /** The screen is left, or the form drawn anew. */
  async left() {
    if (!this.isSent) await this.typing?.finish();
    await this.voicing?.left();
  }

  values() {
    return this.withPart(readFields(this.form, this.step.fields ?? []).values);
  }

  /** An act on a department's part says on whose. */
  withPart(values) {
    return this.step.part === undefined ? values : { ...values, part: this.step.part };
  }

  async begun() {
    this.making ??= this.make();
    try {
      this.draft = await this.making;
    } catch (refusal) {
      this.making = null;
      throw refusal;
    }
    return this.draft;
  }

  async make() {
    if (this.draft) return this.app.outbox.edit(this.draft.id);
    return this.app.outbox.draft({ kind: "act", ...this.act, step: this.step.step, values: this.values() });
  }

  /** Every word at once on the disk; a draft only once there is something to keep. */
  async keep() {
    const values = this.values();
    if (!this.draft && !Object.keys(values).some((name) => name !== "part")) return;
    const { id } = await this.begun();
    this.draft = await this.app.outbox.keep(id, { values });
  }

  async submit() {
    const button = this.form.querySelector("button:not([type=button])");
    if (this.voicing && !(await this.voicing.finish())) return;
    if (this.shots && !(await this.shots.added())) return;
    this.typing?.stop();
    // The draft of what was typed a moment ago is still being made: sent now, the act would leave it behind.
    await this.making?.catch(() => {});
    const kept = this.draft && (await this.app.outbox.get(this.draft.id));
    const { values, missing } = readFields(this.form, this.step.fields ?? [], picturesOf(kept ?? {}).length);
    if (this.shots || this.step.fields?.length) showProblems(this.form, Object.fromEntries(missing.map((name) => [name, this.tools.say("missing")])));
    if (missing.length || button.disabled) return;
    button.disabled = true;
    try {
      this.said((await this.send(this.withPart(values))).id);
      this.isSent = true;
      this.sent();
    } catch (refusal) {
      this.showProblem(refusal);
    } finally {
      button.disabled = false;
    }
  }

  async send(values) {
    if (!this.draft) return this.app.outbox.act({ ...this.act, step: this.step.step, values });
    const { id } = await this.begun();
    await this.app.outbox.keep(id, { ...this.act.expected_state && { expected_state: this.act.expected_state }, values });
    return this.app.outbox.send(id);
  }

  said(id) {
    const { say } = this.tools;
    this.app.toast(say("own_kept", { step: this.step.label }), { label: say("own_undo"), act: async () => this.app.toast(say(`undo_${await this.app.outbox.undo(id)}`)) });
  }

  showProblem(refusal) {
    fill(this.form, { problem: true, problem_words: this.tools.sayIf(`refused_${refusal.code}`, this.tools.say("not_kept")) });
    if (!refusal.code) throw refusal;
  }
}

/** What makes it another form: the step, the part, and what is asked. */
const naming = ({ step, part: of, fields }) => JSON.stringify([step, of, (fields ?? []).map(({ name }) => name)]);
