// The six categories that are likely here at this hour, first; the rest is found by its words.
const MOST = 6;
const BANDS = ["0-5", "6-11", "12-17", "18-23"];

export const band = (hour) => BANDS[Math.floor(hour / 6)];

/** Codes for the area, or for the nearest one above it that the server counted for. */
const nearest = (likely, area) =>
  Object.keys(likely).filter((code) => area.startsWith(code)).sort((one, other) => other.length - one.length)[0] ?? Object.keys(likely)[0];

/** Six categories, the likeliest first. Domains only hold others, and are not offered. */
export const likely = ({ categories = [], likely: counted = {} }, area = "", now = new Date()) => {
  const leaves = categories.filter((one) => !one.is_domain);
  const byCode = new Map(leaves.map((one) => [one.code, one]));
  const codes = counted[nearest(counted, area)]?.[band(now.getHours())] ?? [];
  const first = codes.map((code) => byCode.get(code)).filter(Boolean);
  return [...new Set([...first, ...leaves])].slice(0, MOST);
};

/** Those whose name or domain holds all the words. */
export const search = ({ categories = [] }, words) => {
  const names = new Map(categories.map((one) => [one.code, one.name]));
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (one) => `${one.name} ${names.get(one.parent) ?? ""} ${one.code}`.toLowerCase();
  return categories.filter((one) => !one.is_domain && wanted.every((word) => text(one).includes(word)));
};
