// How a clock stands and what is left of it, by this moment and not by that of the last contact: a list read in a village
// without signal must not say "two hours left" for two days. Pure: moments are milliseconds, already those of the server.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** What comes first in a list. */
export const STANDINGS = ["overdue", "due_soon", "running", "paused", "none"];

/** One of STANDINGS. What was due soon at the last contact still is, unless it has run out since. */
export const standing = (clock, now) => {
  if (!clock?.due_at) return "none";
  if (clock.state === "paused") return "paused";
  if (Date.parse(clock.due_at) < now) return "overdue";
  const soon = clock.soon_at && Date.parse(clock.soon_at) <= now;
  return soon || clock.state === "due_soon" ? "due_soon" : "running";
};

const UNITS = [[2 * DAY, "day", DAY], [HOUR, "hour", HOUR], [0, "minute", MINUTE]];

/** A length of time in its largest unit, in the language. */
export const span = (length, language) => {
  const [, unit, size] = UNITS.find(([from]) => length >= from) ?? UNITS.at(-1);
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(Math.max(Math.floor(length / size), 0));
};

// British English writes the day before the month, as the desk does.
const format = (at, { language, zone }, options) =>
  new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { timeZone: zone, hourCycle: "h23", ...options }).format(at);

const dayOf = (at, where) => format(at, { ...where, language: "en-CA" }, { year: "numeric", month: "2-digit", day: "2-digit" });

/** A moment as people write it, with the year only when it is another one. */
export const moment = (at, now, where) => {
  const sameYear = dayOf(at, where).slice(0, 4) === dayOf(now, where).slice(0, 4);
  const chinese = where.language.startsWith("zh");
  const options = { month: chinese ? "long" : "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
  return format(at, where, sameYear ? options : { year: "numeric", ...options });
};

/** What is left, or by how much it is late, as {name, values} of a sentence; `where`: {language, zone}. */
export const left = (clock, now, where) => {
  const how = standing(clock, now);
  if (how === "none" || how === "paused") return { name: `clock_${how}`, values: {} };
  const due = Date.parse(clock.due_at);
  if (how === "overdue") return { name: "clock_overdue", values: { span: span(now - due, where.language) } };
  if (due - now < HOUR) return { name: "clock_left", values: { span: span(due - now, where.language) } };
  const time = format(due, where, { hour: "2-digit", minute: "2-digit" });
  if (dayOf(due, where) === dayOf(now, where)) return { name: "clock_today", values: { time } };
  if (dayOf(due, where) === dayOf(now + DAY, where)) return { name: "clock_tomorrow", values: { time } };
  return { name: "clock_before", values: { moment: moment(due, now, where) } };
};
