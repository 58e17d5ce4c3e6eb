// Whether this phone rings when there is news: what the browser says of it, and the server. Asked for by nobody but whoever taps the
// button. The subscription belongs to the service worker of the app, which shows what comes.
const ADDRESS = "/m/push";
const PATIENCE_MS = 10_000;

const isAble = () => "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

const registered = async () => (await navigator.serviceWorker.getRegistration("/m/")) ?? null;

const subscription = async () => (await registered())?.pushManager.getSubscription() ?? null;

/** Tells the server `known`, `on` or `off` of this browser: true or false as it rings, a sentence where it refuses, null unheard. */
const tell = async (outbox, act, told) => {
  const { endpoint, keys } = told.toJSON();
  const { headers } = await outbox.identity.sender();
  const body = JSON.stringify({ endpoint, ...keys, installation: await outbox.identity.installation() });
  try {
    const answer = await fetch(`${ADDRESS}/${act}`, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body, credentials: "omit", redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS) });
    const said = await answer.json();
    return said.is_on ?? said.error?.message ?? null;
  } catch {
    return null;
  }
};

/** "unable", "blocked", "on" or "off". Without a network what this phone knows itself. */
export const ringing = async (outbox) => {
  if (!isAble() || !(await registered())) return "unable";
  if (Notification.permission === "denied") return "blocked";
  const kept = await subscription();
  if (!kept) return "off";
  const known = navigator.onLine ? await tell(outbox, "known", kept) : null;
  return known === false ? "off" : "on";
};

/** Asks the person and the push service; what it is then, or `{problem}`: a code of ours or the server's sentence. */
export const ringOn = async (outbox) => {
  if (!navigator.onLine) return { problem: "ring_offline" };
  if ((await Notification.requestPermission()) !== "granted") return Notification.permission === "denied" ? "blocked" : "off";
  let kept;
  try {
    const { key } = await (await fetch(ADDRESS, { cache: "no-store", redirect: "error" })).json();
    const { pushManager } = await registered();
    kept = (await pushManager.getSubscription()) ?? (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) }));
  } catch {
    return { problem: "ring_unreachable" };
  }
  const told = await tell(outbox, "on", kept);
  return told === true ? "on" : { problem: told || "ring_offline" };
};

/** Here and at the server; what cannot be told to it now it finds out by itself, as nobody is there to be rung. */
export const ringOff = async (outbox) => {
  const kept = await subscription();
  if (kept && outbox) await tell(outbox, "off", kept);
  await kept?.unsubscribe().catch(() => {});
  return "off";
};
