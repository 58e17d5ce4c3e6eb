// The numbers, each with its age: grey, and saying so, as soon as it may be old.
import { clock, now, put, span, wall } from "./words.js";

const tiles = [...document.querySelectorAll("[data-tile]")];
const part = (tile, name) => tile.querySelector(`[data-${name}]`);
const ages = tiles.map((tile) => part(tile, "age"));
const state = document.querySelector("[data-state-words]");
const words = wall.dataset;
let asOf = now();
let standing = "live";

const showRate = (tile, { percent, numerator, denominator }) => {
  put(part(tile, "n"), percent === null ? "–" : percent === 100 ? "100" : percent.toFixed(1));
  put(part(tile, "numerator"), numerator.n);
  put(part(tile, "denominator"), denominator.n);
  part(tile, "n").parentElement.href = numerator.rows;
  part(tile, "denominator").parentElement.href = denominator.rows;
};

export const showTiles = (told) => {
  asOf = Date.parse(told.as_of);
  for (const tile of tiles) {
    const number = told.tiles[tile.dataset.tile];
    if (!number) showRate(tile, told.on_time);
    else {
      put(part(tile, "n"), number.n.toLocaleString("en"));
      part(tile, "n").parentElement.href = number.rows;
    }
    tile.classList.toggle("is-none", number?.n === 0);
  }
  tick();
};

const said = () => {
  if (standing === "cut") return words.cut.replace("{time}", clock(asOf));
  if (standing === "signed-out") return words.signedOut;
  return standing === "polled" ? words.polled.replace("{n}", words.asksEvery) : words.isLive;
};

// How the wall stands with the server: live, polled, cut or signed-out.
export const stand = (how) => {
  standing = how;
  wall.dataset.standing = how;
  tick();
};

export const tick = () => {
  const age = (now() - asOf) / 1000;
  const isOld = age > Number(words.staleAfter) || standing === "cut" || standing === "signed-out";
  wall.classList.toggle("is-old", isOld);
  const text = isOld ? words.old.replace("{span}", span(age)) : words.asOf.replace("{time}", clock(asOf));
  for (const one of ages) put(one, text);
  put(state, said());
};
