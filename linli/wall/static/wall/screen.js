// A screen: a computer that shows this wall with nobody signed in. What leads off it is asked about first, and the question
// goes by itself, so that no passer-by leaves the room without its wall; a week before its end it says so.
import { local, now, put, wall } from "./words.js";

const LEFT_ALONE_MS = 20_000;
const sheet = document.querySelector("[data-ask-sheet]");
const ends = document.querySelector("[data-ends]");
let closing;

const ask = (event) => {
  const link = event.target.closest("a[href]");
  if (!link || sheet.contains(link)) return;
  event.preventDefault();
  // A link to elsewhere, as under maps, leads nowhere from here.
  if (link.origin !== location.origin) return;
  sheet.querySelector("[data-ask-go]").href = `${sheet.dataset.signIn}?next=${encodeURIComponent(link.pathname + link.search + link.hash)}`;
  if (!sheet.open) sheet.showModal();
  clearTimeout(closing);
  closing = setTimeout(() => sheet.close(), LEFT_ALONE_MS);
};

if (sheet) document.addEventListener("click", ask, true);

const written = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "UTC", month: "long", day: "numeric" });
const warned = 1000 * Number(wall.dataset.endsWarned);
let endsAt = Infinity;

export const showScreen = (told) => told.ends_at && (endsAt = Date.parse(told.ends_at));
export const tickScreen = () => {
  if (!ends) return;
  ends.hidden = endsAt - now() > warned;
  if (!ends.hidden) put(ends.lastElementChild, wall.dataset.endsWords.replace("{day}", written.format(local(endsAt))));
};
