// Whose phone this is, and the outbox that belongs to them. Nobody but them sees what is in it.
import { leaveFreely } from "./leaving.js";
import { open } from "./outbox/index.js";
import { Reference } from "./reference.js";

const OWNER = "linli-field-owner";
const language = document.documentElement.lang;

/** Opens the outbox of the resident, or of the person this phone knows; `app.outbox` stays null while it knows nobody, and
 * `app.trouble` then says why: "sign_in", "offline" or "no_storage". */
export const begin = async (app) => {
  app.outbox = app.reference = null;
  const owner = app.door === "public" ? 0 : (Number(localStorage.getItem(OWNER)) || (await whoIsSignedIn(app)));
  if (owner === null) return;
  try {
    app.outbox = await open({ owner, door: app.door, version: document.body.dataset.version, settings: { language } });
  } catch {
    app.trouble = "no_storage";
    return;
  }
  app.reference = new Reference({ outbox: app.outbox, door: app.door, language });
  await learn(app);
};

/** Fetches what the phone should have at hand, and notices when somebody else has signed in meanwhile. */
export const refresh = async (app) => {
  const became = await app.reference.refresh();
  if (became === "fresh") await learn(app);
  const person = (await app.reference.get()).person?.id;
  if (app.door === "staff" && person && person !== app.outbox.owner) await changeOwner(app, person);
  // What waits and the grid are read where there is no network: they are fetched before somebody wants to look.
  if (app.door === "staff") for (const name of ["tasks", "grid"]) app.reference.refresh(name);
  return became;
};

export const changeOwner = async (app, person) => {
  if (person) localStorage.setItem(OWNER, person);
  else localStorage.removeItem(OWNER);
  await app.outbox?.close();
  leaveFreely();
  location.replace(location.pathname);
};

const learn = async (app) => {
  const { areas = [], person } = await app.reference.get();
  app.person = person ?? null;
  const mine = areas.filter((area) => area.is_mine);
  const roots = mine.filter((area) => !mine.some((other) => other !== area && area.code.startsWith(other.code)));
  // Where somebody with one ground reports from when the phone finds no place; with two of them it cannot be guessed.
  app.homeArea = roots.length === 1 ? roots[0].code : "";
};

const whoIsSignedIn = async (app) => {
  try {
    const answer = await fetch("/m/reference", { headers: { Accept: "application/json" }, cache: "no-store", redirect: "error" });
    const told = answer.ok ? await answer.json() : null;
    if (told?.person?.id) {
      localStorage.setItem(OWNER, told.person.id);
      return told.person.id;
    }
    app.trouble = "sign_in";
  } catch {
    app.trouble = "offline";
  }
  return null;
};
