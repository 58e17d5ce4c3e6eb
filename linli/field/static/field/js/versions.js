// Keeps the app on the phone (service worker), and says when a newer one is ready. It changes only when the person says so.
import { leaveFreely } from "./leaving.js";

const place = document.querySelector("[data-update]");
const EVERY_MS = 3600 * 1000;

const offer = (worker) => {
  place.hidden = false;
  place.querySelector("[data-update-now]").onclick = () => worker.postMessage("change");
};

const follow = (registration) => {
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming.addEventListener("statechange", () => {
      // Without a page it looked after before, this is the first version: nothing to change from.
      if (coming.state === "installed" && navigator.serviceWorker.controller) offer(coming);
    });
  });
};

let known = null;

/** Looks for a newer version now; the name of the words for what was found. */
export const lookForVersion = async () => {
  if (!known || !navigator.onLine) return "version_cannot";
  await known.update().catch(() => {});
  return known.waiting || known.installing ? "version_newer" : "version_newest";
};

export const watchVersions = async () => {
  if (!("serviceWorker" in navigator)) return;
  let hadOne = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (hadOne) {
      leaveFreely();
      location.reload();
    }
    hadOne = true;
  });
  try {
    const registration = await navigator.serviceWorker.register(document.body.dataset.worker, { updateViaCache: "none" });
    known = registration;
    follow(registration);
    const look = () => navigator.onLine && registration.update().catch(() => {});
    setInterval(look, EVERY_MS);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  } catch {
    // A web view inside another app may allow none: the app then needs a network to start, and works all the same.
  }
};
