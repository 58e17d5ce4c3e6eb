// The language of this phone: told to the service worker, which keeps the page in both, and to the server for its own sentences.
import { leaveFreely } from "./leaving.js";

const CHOICE = "linli-field-choice";
const PATIENCE_MS = 3000;

const address = (language) => {
  const url = new URL(location.href);
  url.searchParams.set("language", language);
  return url;
};

/** From now on this language; without a network too, once the app is on the phone. */
export const speak = async (language) => {
  if ("caches" in globalThis) await (await caches.open(CHOICE)).put("/m/language", new Response(language));
  // Its answer sets the cookie; the page itself comes from the phone.
  await fetch(address(language), { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => {});
  leaveFreely();
  location.replace(address(language));
};

/** The address as people pass it on names no language. */
export const forgetAddress = () => {
  const url = new URL(location.href);
  if (!url.searchParams.has("language")) return;
  url.searchParams.delete("language");
  history.replaceState(null, "", url);
};
