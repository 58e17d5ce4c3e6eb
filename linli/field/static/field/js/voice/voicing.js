// The button that records a voice note, and what is made with it: heard, left out, or made anew. It is tapped to begin and again to
// end, or held while somebody speaks; keyboard and screen reader tap.
import { copy, fill, part } from "../filling.js";
import { Refusal } from "../outbox/refusing.js";
import { MOST_S, record, unable } from "./recording.js";
import { say, sayIf } from "../words.js";

const HOLD_MS = 350;
// A press that was held ends with a click of its own on some phones, and with none on others.
const ECHO_MS = 400;

export const length = (seconds) => {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

export class Voicing {
  /** Fills `place`. `keep(file, duration_s)` keeps a recording and may refuse; `drop(voice)` leaves it out; `url(voice)` is where it
   * can be heard; `changed()` hears when it begins or ends. */
  constructor(place, { keep, drop, url, changed = () => {} }) {
    Object.assign(this, { keep, drop, url, changed, now: null, asking: null, voice: null, pressed: null, deaf_until: 0, ending: Promise.resolve(true) });
    this.root = copy("voice");
    place.replaceChildren(this.root);
    this.listen();
    this.draw();
    if (unable()) this.refuse({ code: unable() }, { isQuiet: true });
  }

  /** It records, or is about to. */
  get isOn() {
    return Boolean(this.now || this.asking);
  }

  listen() {
    const button = part(this.root, "voice_record");
    button.addEventListener("pointerdown", (event) => this.press(event));
    for (const end of ["pointerup", "pointercancel"]) button.addEventListener(end, () => this.release());
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    button.addEventListener("click", () => performance.now() > this.deaf_until && (this.isOn ? this.finish() : this.start()));
    part(this.root, "voice_again").addEventListener("click", () => this.start());
    part(this.root, "voice_off").addEventListener("click", () => this.leaveOut());
    part(this.root, "voice_play").addEventListener("click", () => this.play());
    // A call, another app, the lock of the phone: what was said until then is kept.
    this.hidden = () => document.hidden && this.now?.stop();
    document.addEventListener("visibilitychange", this.hidden);
  }

  press({ pointerId, button }) {
    if (button || this.isOn) return;
    part(this.root, "voice_record").setPointerCapture?.(pointerId);
    this.pressed = setTimeout(() => {
      this.pressed = "held";
      this.start();
    }, HOLD_MS);
  }

  release() {
    const isHeld = this.pressed === "held";
    if (!isHeld) clearTimeout(this.pressed);
    this.pressed = null;
    if (!isHeld) return;
    this.deaf_until = performance.now() + ECHO_MS;
    this.finish();
  }

  async start() {
    if (this.isOn) return;
    this.silence();
    fill(this.root, { voice_problem: "" });
    this.asking = record();
    this.draw();
    part(this.root, "voice_record").focus({ preventScroll: true });
    try {
      this.now = await this.asking;
    } catch (refusal) {
      return this.refuse(refusal);
    } finally {
      this.asking = null;
    }
    // Allowed too late: whoever asked is gone.
    if (this.isLeft) return this.now.stop();
    navigator.vibrate?.(40);
    this.ending = this.now.ended.then((made) => this.made(made));
    this.tick = setInterval(() => this.showTime(), 250);
    this.draw();
    this.root.scrollIntoView({ block: "nearest" });
    this.tell("voice_on");
  }

  /** What is being recorded is kept; at once where nothing is. False where it could not be kept: the words for it stand here. */
  async finish() {
    await this.asking?.catch(() => {});
    this.now?.stop();
    return this.ending;
  }

  async made(made) {
    clearInterval(this.tick);
    this.now = null;
    navigator.vibrate?.(40);
    try {
      if (!made) throw new Refusal("too_short");
      this.voice = await this.keep(made.file, made.duration_s);
    } catch (refusal) {
      this.refuse(refusal);
      return false;
    } finally {
      this.ending = Promise.resolve(true);
    }
    this.tell("voice_ended", { length: length(made.duration_s) });
    this.draw();
    if (this.root.contains(document.activeElement)) part(this.root, "voice_play").focus({ preventScroll: true });
    return true;
  }

  async leaveOut() {
    this.silence();
    await this.drop(this.voice);
    this.voice = null;
    this.draw();
    this.tell("voice_off");
    part(this.root, "voice_record").focus({ preventScroll: true });
  }

  async play() {
    if (this.sounding) return this.silence();
    const where = await this.url(this.voice);
    if (!where) return undefined;
    this.sounding = new Audio(where);
    for (const end of ["ended", "error"]) this.sounding.addEventListener(end, () => this.silence());
    this.draw();
    return this.sounding.play().catch(() => this.silence());
  }

  silence() {
    this.sounding?.pause();
    this.sounding = null;
    this.draw();
  }

  /** What the record says of it now. */
  show(voice) {
    this.voice = voice;
    this.draw();
  }

  draw() {
    const { voice, isOn } = this;
    const isKept = Boolean(voice) && !isOn;
    fill(this.root, { voice_row: !isKept, voice_how: !isKept && !isOn, voice_time: isOn, voice_kept: isKept });
    this.root.dataset.state = this.now ? "on" : isOn ? "asking" : isKept ? "kept" : "none";
    part(this.root, "voice_record_words").textContent = say(this.now ? "voice_stop" : isOn ? "voice_asking" : "voice_record");
    if (voice) fill(this.root, { voice_length: say("voice_length", { length: length(voice.duration_s ?? 0) }), voice_refused: voice.problem ? voice.problem.message || sayIf(`refused_${voice.problem.code}`, say("refused_other")) : "" });
    part(this.root, "voice_play_words").textContent = say(this.sounding ? "voice_quiet" : "voice_play");
    this.showTime();
    this.changed();
  }

  showTime() {
    part(this.root, "voice_time").textContent = `${length(Math.floor(this.now?.seconds ?? 0))} / ${length(MOST_S)}`;
  }

  refuse(refusal, { isQuiet = false } = {}) {
    const { code } = refusal;
    if (!code) throw refusal;
    const words = sayIf(`voice_cannot_${code}`, sayIf(`refused_${code}`, say("voice_cannot_failed")));
    this.asking = null;
    this.draw();
    // Known beforehand, it is a hint and no alarm.
    if (isQuiet) {
      fill(this.root, { voice_row: false, voice_how: words });
      this.draw = () => {};
    } else fill(this.root, { voice_problem: words });
  }

  tell(name, values) {
    part(this.root, "voice_said").textContent = say(name, values);
  }

  /** The screen is left: what was being said is kept. */
  async left() {
    document.removeEventListener("visibilitychange", this.hidden);
    this.silence();
    this.isLeft = true;
    this.now?.stop();
    return this.ending;
  }
}
