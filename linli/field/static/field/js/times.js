// Times as people say them, in the language of the page and the phone's own time zone.
import { say } from "./words.js";

const language = document.documentElement.lang || "zh-hans";
const format = (options) => new Intl.DateTimeFormat(language, { hourCycle: "h23", ...options });
const day = format({ month: "short", day: "numeric", weekday: "short" });
const hour = format({ hour: "2-digit", minute: "2-digit" });

export const isToday = (at, now = new Date()) => new Date(at).toDateString() === now.toDateString();

/** "今天 14:05", "11月29日周日 14:05" of other days. */
export const moment = (at) => {
  const time = new Date(at);
  return `${isToday(time) ? say("today") : day.format(time)} ${hour.format(time)}`;
};
