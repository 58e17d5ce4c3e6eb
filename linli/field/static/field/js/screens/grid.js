// My grids as lists that need no map and no network; the map is fetched when somebody wants it.
import { copy, fill, part, repeat } from "../filling.js";
import { showMap } from "../ground/map.js";
import { routeLinks } from "../ground/route_links.js";
import { moment } from "../waiting/clocks.js";
import { grouped } from "../waiting/grouping.js";
import { known } from "../waiting/known.js";
import { unfinishedAbout } from "../waiting/own.js";
import { row } from "../waiting/rows.js";

const LOADED = { fresh: "loaded", same: "loaded", sign_in: "sign_in_first" };

/** Grids if there are any of theirs; of a wider ground, the areas there are. */
const mine = (areas) => {
  const own = areas.filter((area) => area.is_mine);
  const grids = own.filter((area) => area.level === "grid");
  return grids.length ? grids : own;
};

const inArea = (area) => (one) => one.area.startsWith(area.code);

const showDuty = (root, people, say) => {
  fill(root, { no_duty: !people.length });
  repeat(part(root, "duty"), people, (one, { name, role, phone }) => {
    fill(one, { name, role, call: Boolean(phone), call_words: say("call", { name }) });
    if (phone) part(one, "call").href = `tel:${phone}`;
  });
};

const showPlaces = (root, places, say) => {
  fill(root, { no_places: !places.length, place_count: places.length || "" });
  repeat(part(root, "places"), places, (one, place) => {
    fill(one, { name: place.name, kind: place.kind_words ?? place.kind });
    part(one, "way").append(...[routeLinks(place, say)].filter(Boolean));
  });
};

const FIRST_NOTICES = 5;

const showNotices = (root, notices, now, tools) => {
  const earlier = notices.slice(FIRST_NOTICES);
  fill(root, { notices: notices.length > 0, earlier: earlier.length > 0, earlier_words: tools.say("notices_earlier", { n: earlier.length }) });
  const one = (row, { event, words, at, read }) => {
    fill(row, { words, at: moment(Date.parse(at), now, tools.where), unread: !read });
    part(row, "unread").setAttribute("aria-label", tools.say("unread"));
    part(row, "matter").href = `#task/${event}`;
  };
  repeat(part(root, "notice_list"), notices.slice(0, FIRST_NOTICES), one);
  repeat(part(root, "earlier_list"), earlier, one);
};

const showOpen = (root, matters, now, tools, own) => {
  fill(root, { no_open: !matters.length, open_count: matters.length || "" });
  const ordered = grouped(matters, now).flatMap((group) => group.tasks);
  part(root, "open").replaceChildren(...ordered.map((task) => row(task, now, tools, own(task.event))));
};

const drawGrid = (area, kept, tools, own) => {
  const now = tools.now();
  const matters = (kept.open ?? []).filter(inArea(area));
  const root = fill(copy("grid-one"), { name: area.name, map_said: "", map: false });
  showDuty(root, area.on_duty ?? [], tools.say);
  showOpen(root, matters, now, tools, own);
  showNotices(root, kept.notices ?? [], now, tools);
  showPlaces(root, area.places ?? [], tools.say);
  fill(root, { show_map: Boolean(area.outline) });
  part(root, "show_map").addEventListener("click", async () => {
    fill(root, { map_said: tools.say("map_coming") });
    const isShown = await showMap(part(root, "map"), area, matters);
    fill(root, { map_said: isShown ? "" : tools.say("map_missing"), show_map: !isShown });
  });
  return root;
};

export default async (root, app, wanted) => {
  const tools = known(app);
  const select = root.querySelector("select");

  const read = async () => {
    const [reference, kept, own] = [await tools.reference(), await tools.grid(), await unfinishedAbout(app.outbox)];
    const areas = mine(reference?.areas ?? []);
    const area = areas.find(({ code }) => code === (select.value || wanted)) ?? areas[0];
    fill(root, { never: !reference, nothing: Boolean(reference) && !areas.length, choose: areas.length > 1, grid: Boolean(area) });
    fill(root, { as_of: kept?.at ? tools.say("as_of", { at: moment(kept.at, tools.now(), tools.where) }) : "" });
    select.replaceChildren(...areas.map(({ code, name }) => new Option(name, code, false, code === area?.code)));
    if (area) part(root, "grid").replaceChildren(drawGrid(area, kept ?? {}, tools, own));
  };

  select.addEventListener("change", read);
  part(root, "refresh").addEventListener("click", async () => {
    app.toast(tools.say(LOADED[await tools.load()] ?? "not_loaded"));
    await read();
  });
  await read();
  tools.load().then((became) => became === "fresh" && read());
};
