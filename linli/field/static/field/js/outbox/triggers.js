// When to try: no browser but Chromium's tells us in the background, so whatever shows that somebody is there is taken for a sign.

const EVERY_MS = 60_000;

// `wake({ isForced })` is called: forced where something has changed for the better. Returns what ends it.
export const listen = (wake) => {
  const isVisible = () => document.visibilityState !== "hidden";
  const forced = () => wake({ isForced: true });
  const shown = () => isVisible() && forced();
  const gone = () => wake({ isForced: false });
  const timer = setInterval(() => isVisible() && wake({ isForced: false }), EVERY_MS);
  addEventListener("online", forced);
  addEventListener("offline", gone);
  addEventListener("pageshow", forced);
  document.addEventListener("visibilitychange", shown);
  return () => {
    clearInterval(timer);
    removeEventListener("online", forced);
    removeEventListener("offline", gone);
    removeEventListener("pageshow", forced);
    document.removeEventListener("visibilitychange", shown);
  };
};
