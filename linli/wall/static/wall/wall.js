// The wall: shows what it was given with the page, then whatever the server says has changed. Everything is changed in its place.
import "../web/js/live.js";
import { listen } from "./asking.js";
import { dressCourse, showCourse, startCourse } from "./course.js";
import { showDuty } from "./duty.js";
import { dressGround, fillGround, lookAtGround, startGround } from "./ground.js";
import "./keys.js";
import { showQueue, tickQueue } from "./queue.js";
import { showScreen, tickScreen } from "./screen.js";
import { showTiles, stand, tick } from "./tiles.js";
import { clock, local, now, put, setClock } from "./words.js";

const time = document.querySelector("[data-clock]");
const day = document.querySelector("[data-day-words]");
const written = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "UTC", month: "long", day: "numeric", weekday: "long" });

export { fillGround };
export const show = (told) => {
  setClock(told.at);
  showTiles(told);
  showQueue(told);
  showCourse(told);
  showDuty(told.duty);
  showScreen(told);
};

const everySecond = () => {
  put(time, clock(now()));
  put(day, written.format(local(now())));
  tick();
  tickQueue();
  tickScreen();
};

const dress = () => {
  dressCourse();
  dressGround();
};

const first = JSON.parse(document.getElementById("wall-first").textContent);
startCourse();
show(first);
everySecond();
setInterval(everySecond, 1000);
startGround();
document.addEventListener("wall:theme", dress);
addEventListener("resize", dress);
listen((told) => {
  // Another version of linli answers: this page is that of the one before.
  if (told.version !== first.version) return location.reload();
  show(told);
  lookAtGround();
}, stand);
