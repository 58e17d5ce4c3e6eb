// Where the phone is, asked for when somebody reports and at no other time: nothing follows a phone, nothing is kept of it.
const GOOD_M = 30;
const FRESH_MS = 10_000;
const PATIENCE_MS = 15_000;

const fixOf = ({ coords, timestamp }) => ({
  lon: Number(coords.longitude.toFixed(6)),
  lat: Number(coords.latitude.toFixed(6)),
  accuracy_m: Math.round(coords.accuracy),
  fixed_at: new Date(timestamp).toISOString(),
});

const within = (promise, ms) => Promise.race([promise, new Promise((yes) => setTimeout(yes, ms))]);

/** Looks for the place from the first tap on, so that it is found by the time the photo is made. */
export class Looking {
  constructor() {
    this.best = null;
    this.refused = false;
    this.first = new Promise((yes) => (this.tellFirst = yes));
    this.good = new Promise((yes) => (this.tellGood = yes));
    if (!("geolocation" in navigator)) return this.stop();
    const options = { enableHighAccuracy: true, maximumAge: FRESH_MS, timeout: PATIENCE_MS };
    this.watch = navigator.geolocation.watchPosition((found) => this.found(fixOf(found)), (error) => this.failed(error), options);
    // Whoever is long at the camera is found there, and not followed beyond.
    setTimeout(() => this.stop(), 6 * PATIENCE_MS);
  }

  found(fix) {
    const isBetter = !this.best || fix.accuracy_m < this.best.accuracy_m || Date.parse(fix.fixed_at) - Date.parse(this.best.fixed_at) > FRESH_MS;
    if (isBetter) this.best = fix;
    this.tellFirst();
    if (fix.accuracy_m <= GOOD_M) this.tellGood();
  }

  failed(error) {
    this.refused = error.code === error.PERMISSION_DENIED;
    this.stop();
  }

  stop() {
    if (this.watch !== undefined) navigator.geolocation.clearWatch(this.watch);
    this.tellFirst();
    this.tellGood();
  }

  /** The place as the shutter falls: what is known by then, or within these milliseconds; null if nothing is. */
  async atShutter(ms = 2000) {
    await within(this.first, ms);
    return this.best;
  }

  /** The best place there is to be had, after at most 15 seconds; null if none. Nothing is looked for afterwards. */
  async ended() {
    await within(this.good, PATIENCE_MS);
    this.stop();
    return this.best;
  }
}
