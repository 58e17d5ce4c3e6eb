// The microphone: one recording of a minute at most, as the browser's own recorder makes it. Words are the screens' business.
import { Refusal } from "../outbox/refusing.js";

export const MOST_S = 60;
// AAC plays everywhere; Opus in WebM in whatever has no AAC to record with. Speech needs no more bits.
const TYPES = ["audio/mp4;codecs=mp4a.40.2", "audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];
const BITS = 24_000;
const SOUND = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
// Less is a slip of the finger.
const LEAST_S = 0.5;
const WHY = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "no_microphone", NotReadableError: "busy", AbortError: "busy" };

/** Why this phone cannot record at all: `http`, `unable`, or "" where it can. */
export const unable = () => {
  if (!globalThis.isSecureContext) return "http";
  return navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder && typeOf() ? "" : "unable";
};

const typeOf = () => TYPES.find((one) => MediaRecorder.isTypeSupported(one));

/** Begins, and answers the recording. Raises a `Refusal`: what `unable` says, `refused`, `no_microphone`, `busy` or `failed`. */
export const record = async () => {
  const code = unable();
  if (code) throw new Refusal(code);
  try {
    return new Recording(await navigator.mediaDevices.getUserMedia({ audio: SOUND }));
  } catch (error) {
    throw new Refusal(WHY[error.name] ?? "failed");
  }
};

/** `ended` becomes `{file, duration_s}`, or null for nothing worth keeping; whatever ends it: a tap, a minute, a call that comes in. */
class Recording {
  constructor(sound) {
    const mimeType = typeOf();
    Object.assign(this, { sound, pieces: [], begun: performance.now() });
    this.recorder = new MediaRecorder(sound, { mimeType, audioBitsPerSecond: BITS });
    this.recorder.addEventListener("dataavailable", ({ data }) => data.size && this.pieces.push(data));
    this.ended = new Promise((done) => this.recorder.addEventListener("stop", () => done(this.made())));
    for (const track of sound.getTracks()) track.addEventListener("ended", () => this.stop());
    this.recorder.start();
    this.timer = setTimeout(() => this.stop(), MOST_S * 1000);
  }

  get seconds() {
    return ((this.until ?? performance.now()) - this.begun) / 1000;
  }

  stop() {
    if (this.recorder.state === "inactive") return this.ended;
    this.until = performance.now();
    clearTimeout(this.timer);
    this.recorder.stop();
    return this.ended;
  }

  made() {
    this.until ??= performance.now();
    clearTimeout(this.timer);
    // The light that says "somebody listens" goes out at once.
    for (const track of this.sound.getTracks()) track.stop();
    const file = new Blob(this.pieces, { type: this.recorder.mimeType.split(";")[0] });
    return file.size && this.seconds >= LEAST_S ? { file, duration_s: Math.min(this.seconds, MOST_S) } : null;
  }
}
