// One matter: what the phone knows of it, what was done here and waits, and what can be done, with or without network.
import { copy, draw, fill, part, repeat } from "../filling.js";
import { routeLinks } from "../ground/route_links.js";
import { moment } from "../waiting/clocks.js";
import { known } from "../waiting/known.js";
import { actsAbout, isSettled } from "../waiting/own.js";
import { showOwn } from "../waiting/own_acts.js";
import { showClock } from "../waiting/rows.js";
import { StepForm } from "../waiting/step_forms.js";
import { openAfter } from "../waiting/steps.js";
import { showThumbs } from "../waiting/thumbs.js";

export default async (root, app, event) => {
  const screen = new TaskScreen(root, app, event);
  await screen.read();
  screen.tools.load(["tasks", "grid"]).then((became) => became === "fresh" && screen.read());
  return screen;
};

class TaskScreen {
  constructor(root, app, event) {
    Object.assign(this, { root, app, event, tools: known(app), forms: [], isDrawn: false });
  }

  async changed(record) {
    if (record && record.body?.about?.event !== this.event) return;
    if (record && isSettled(record)) await this.tools.load(["tasks", "grid"], { anew: true });
    await this.read();
  }

  async read() {
    const [kept, grid, reference, acts] = await Promise.all([this.tools.tasks(), this.tools.grid(), this.tools.reference(), actsAbout(this.app.outbox, this.event)]);
    const isMatter = (one) => one.event === this.event;
    const mine = kept?.tasks.find(isMatter);
    const task = mine ?? grid?.open.find(isMatter);
    const open = task ? openAfter(task, acts, (mine ? kept : grid).at) : { steps: [] };
    const isOpen = (act) => act.state === "draft" && open.steps.some(({ step }) => step === act.body.step);
    const own = acts.filter((act) => !isOpen(act));
    fill(this.root, { gone: !task?.waits_for_me, facts: Boolean(task), own: own.length > 0 });
    fill(this.root, { as_of: kept?.at ? this.tools.say("as_of", { at: moment(kept.at, this.tools.now(), this.tools.where) }) : "" });
    showOwn(part(this.root, "acts"), own, this.app, this.tools);
    if (task) this.showFacts(task);
    else fill(this.root, { title: this.tools.say("matter"), clock: false, state: "", urgency: "", number: "" });
    this.showSteps(task, open, acts.filter(isOpen), reference?.choices);
  }

  showFacts(task) {
    const { say, sayIf, now, where } = this.tools;
    fill(this.root, { title: task.title, state: task.state_words, urgency: sayIf(`urgency_${task.urgency}`), number: task.number, kind_words: task.clock?.kind_words ?? "" });
    fill(this.root, { text: task.text ?? "", at_desk: Boolean(task.at_the_desk_only), area: task.area_name });
    fill(this.root, { has_needs: Boolean(task.needs?.length), needs: task.needs?.join(say("comma")) ?? "" });
    fill(this.root, { has_place: Boolean(task.place), place: task.place ?? "", has_who: Boolean(task.who), who: task.who ?? "", has_told: Boolean(task.told?.length) });
    part(this.root, "state").className = `state state-${task.state}`;
    part(this.root, "urgency").className = `tag tag-${task.urgency}`;
    part(this.root, "clock").className = "clock";
    showClock(part(this.root, "clock"), task.clock, now(), this.tools);
    repeat(part(this.root, "told"), task.told ?? [], (one, { at, words }) => fill(one, { at: moment(Date.parse(at), now(), where), words }));
    part(this.root, "route").replaceChildren(...[routeLinks(task, say)].filter(Boolean));
    showThumbs(this.root, task, say);
  }

  /** A form that is being filled in stays as it is, whatever else was sent meanwhile; only what its act says of the matter follows. */
  showSteps(task, { state, steps, after }, drafts, lists) {
    const act = { about: { event: this.event }, expected_state: state, ...(after && { after }) };
    const draftOf = ({ step, part: of }) => drafts.find(({ body }) => body.step === step && body.values?.part === of) ?? null;
    const before = this.forms;
    this.forms = steps.map((step) => before.find((form) => form.stays(step, draftOf(step))) ?? this.form(step, draftOf(step), lists));
    for (const form of this.forms) form.act = act;
    for (const form of before) if (!this.forms.includes(form)) form.left();
    const [main, more] = [false, true].map((isSide) => this.forms.filter(({ step }) => Boolean(step.is_side) === isSide).map(({ element }) => element));
    fill(this.root, { has_steps: steps.length > 0, has_more: more.length > 0, desk: Boolean(task?.elsewhere?.length) });
    if (task?.elsewhere?.length) part(this.root, "desk_link").href = task.desk;
    if (this.isDrawn && this.forms.length === before.length && this.forms.every((form, place) => form === before[place])) return;
    this.isDrawn = true;
    arrange(part(this.root, "steps"), main);
    arrange(part(this.root, "more"), more);
    part(this.root, "has_more").open = more.some((element) => element.open) || !main.length;
    this.showFirst(main[0]);
    this.hideFirst();
  }

  form(step, draft, lists) {
    const form = new StepForm(step, {}, this.app, this.tools, { draft, lists, sent: () => this.read() });
    form.element.addEventListener("toggle", () => this.hideFirst());
    return form;
  }

  /** While a form is open its own button is the likeliest. */
  hideFirst() {
    const hasMain = this.forms.some(({ step }) => !step.is_side);
    part(this.root, "first").hidden = !hasMain || this.forms.some(({ element }) => element.open);
  }

  left() {
    return Promise.all(this.forms.map((form) => form.left()));
  }

  /** The likeliest act under the thumb: it is done there, or its form is brought to the eye. */
  showFirst(element) {
    const place = part(this.root, "first");
    place.hidden = !element;
    if (!element) return place.replaceChildren();
    if (element.tagName === "FORM") return place.replaceChildren(element);
    const button = fill(copy("step-first"), { label: part(element, "label").textContent, icon: true });
    draw(part(button, "icon").querySelector("svg"), part(element, "icon").querySelector("use").getAttribute("href").split("#")[1]);
    button.addEventListener("click", () => {
      element.open = true;
      element.scrollIntoView({ block: "start", behavior: "smooth" });
      element.querySelector("textarea, input, select")?.focus({ preventScroll: true });
    });
    place.replaceChildren(button);
  }
}

/** What stays is not moved: a field being typed in would lose the keyboard. */
const arrange = (list, elements) => {
  for (const child of [...list.children]) if (!elements.includes(child)) child.remove();
  elements.forEach((element, place) => {
    if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
  });
};
