// Words are kept while they are typed, not only once the field is left: a phone that ends the app takes half a second of them at most.
const QUIET_MS = 500;

export class Typing {
  /** `keep(field)` for every field below `element` that is written in, soon after the last touch. */
  constructor(element, keep) {
    Object.assign(this, { keep, timers: new Map() });
    element.addEventListener("input", ({ target }) => {
      if (!target.matches("textarea, input:not([type=file], [type=radio], [type=checkbox], [type=search])")) return;
      this.forget(target);
      this.timers.set(target, setTimeout(() => this.keepNow(target), QUIET_MS));
    });
    // A field that is left is kept by whoever listens for that.
    element.addEventListener("change", ({ target }) => this.forget(target));
  }

  forget(field) {
    clearTimeout(this.timers.get(field));
    this.timers.delete(field);
  }

  keepNow(field) {
    this.forget(field);
    return this.keep(field);
  }

  /** It is sent or thrown away: nothing is kept any more. */
  stop() {
    for (const field of [...this.timers.keys()]) this.forget(field);
  }

  /** The screen is left: what was typed last is kept too. */
  finish() {
    return Promise.all([...this.timers.keys()].map((field) => this.keepNow(field)));
  }
}
