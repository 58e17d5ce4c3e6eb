// The map: open matters as clusters while the whole area is in sight, one by one from near. Sources are filled anew, never made anew.
import { bounds, labels, style } from "../web/js/map.js";
import { colour, due } from "./words.js";

const place = document.querySelector("[data-ground]");
const still = matchMedia("(prefers-reduced-motion: reduce)");
// Up to which zoom of the map which cells are asked for; beyond the last, matters one by one. Cells are finer than what is seen:
// the map gathers them to clusters that lie where the matters are, and not in rows.
const CELLS = [[7.2, 0], [8.8, 1], [11.2, 2], [13.4, 3]];
const SIZES = [4, 16, 64, 256];
const RESTS_MS = 2_000;
const HOME_AFTER_MS = 180_000;
const EMPTY = { type: "FeatureCollection", features: [] };
let map, popup, waiting, going, tag, asked, frame;
let restsUntil = 0;

const size = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
const point = (lon, lat, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties });

// The window rounded outwards to whole cells, so that a small move asks nothing new.
const address = () => {
  const zoom = map.getZoom();
  const cells = CELLS.find(([until]) => zoom < until)?.[1];
  const times = SIZES[cells] ?? 256;
  const [[west, south], [east, north]] = map.getBounds().toArray();
  const box = [Math.floor(west * times), Math.floor(south * times), Math.ceil(east * times), Math.ceil(north * times)];
  const sides = [-180, -90, 180, 90].map((edge, at) => (at < 2 ? Math.max(edge, box[at] / times) : Math.min(edge, box[at] / times)));
  return `${place.dataset.cells}?box=${sides.map((side) => side.toFixed(6)).join()}${cells === undefined ? "" : `&zoom=${cells}`}`;
};

const show = ({ clusters = [], matters = [] }) => {
  map.getSource("clusters").setData({ ...EMPTY, features: clusters.map(({ lon, lat, n }) => point(lon, lat, { n })) });
  const features = matters.map(({ lon, lat, matter }) => point(lon, lat, { ...matter, late: due(matter.due_at).late && Boolean(matter.due_at) }));
  map.getSource("near").setData({ ...EMPTY, features });
};

const look = async () => {
  waiting = undefined;
  restsUntil = performance.now() + RESTS_MS;
  const wanted = address();
  if (wanted !== asked) tag = undefined;
  const headers = tag ? { Accept: "application/json", "If-None-Match": tag } : { Accept: "application/json" };
  const answer = await fetch(wanted, { headers }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const told = await answer.json();
  [asked, tag] = [wanted, answer.headers.get("ETag")];
  show(told);
};

export const lookAtGround = () => {
  if (map?.getSource("near")) waiting ??= setTimeout(look, Math.max(0, restsUntil - performance.now()));
};
export const fillGround = (told) => map?.getSource("near") && show(told);

const move = (options) => (still.matches ? map.jumpTo(options) : map.easeTo(options));
const goHome = () => {
  popup.remove(); // what it says of a matter was true when it was opened
  if (frame) map.fitBounds(frame, { padding: size(), animate: !still.matches });
};

const open = (feature) => {
  const { properties, geometry } = feature;
  if (properties.n) return move({ center: geometry.coordinates, zoom: Math.min(15, map.getZoom() + 2.1) });
  const card = document.createElement("div");
  card.className = "map-popup";
  for (const words of [properties.category || properties.number, properties.number, `${properties.state_name} · ${due(properties.due_at).words}`]) {
    card.append(Object.assign(document.createElement("span"), { textContent: words }));
  }
  card.append(Object.assign(document.createElement("a"), { textContent: place.dataset.open, href: properties.address }));
  popup.setLngLat(geometry.coordinates).setDOMContent(card).addTo(map);
  return card.lastElementChild;
};

// The one nearest to the middle: what Enter opens.
const nearest = () => {
  const middle = map.project(map.getCenter());
  const away = (feature) => {
    const { x, y } = map.project(feature.geometry.coordinates);
    return Math.hypot(x - middle.x, y - middle.y);
  };
  return map.queryRenderedFeatures({ layers: ["cluster", "matter"] }).sort((one, other) => away(one) - away(other))[0];
};

const LAYERS = [
  { id: "area", type: "fill", source: "areas" },
  { id: "outline", type: "line", source: "areas" },
  { id: "cluster", type: "circle", source: "clusters" },
  { id: "matter", type: "circle", source: "near" },
  { id: "label", type: "symbol", source: "names", layout: { "text-field": ["get", "name"], "text-variable-anchor": ["center", "top", "bottom", "left", "right"], "text-radial-offset": 1.1 } },
  { id: "count", type: "symbol", source: "clusters", layout: { "text-field": ["to-string", ["get", "n"]], "text-allow-overlap": true } },
];

export const dressGround = () => {
  if (!map?.getLayer("count")) return;
  const em = size();
  const paint = (layer, values) => Object.entries(values).forEach(([name, value]) => map.setPaintProperty(layer, name, value));
  paint("ground", { "background-color": colour("--sunk") });
  paint("area", { "fill-color": colour("--sheet"), "fill-opacity": place.dataset.tianditu ? 0.12 : 1 });
  paint("outline", { "line-color": colour("--line-strong"), "line-width": em / 16 });
  const ring = { "circle-stroke-width": em / 14, "circle-stroke-color": colour("--sheet") };
  paint("cluster", { ...ring, "circle-color": colour("--accent"), "circle-radius": ["interpolate", ["linear"], ["sqrt", ["get", "n"]], 1, em * 0.75, 10, em * 1.25, 40, em * 2] });
  paint("matter", { ...ring, "circle-color": ["case", ["get", "late"], colour("--red"), colour("--accent")], "circle-radius": em * 0.45 });
  paint("label", { "text-color": colour("--ink-soft"), "text-halo-color": colour("--sheet"), "text-halo-width": em / 12 });
  paint("count", { "text-color": colour("--on-accent") });
  map.setLayoutProperty("label", "text-size", em);
  map.setLayoutProperty("count", "text-size", em);
};

const fill = (areas) => {
  // Whose wall it is stands above; on the map it would only lie in the way.
  const parts = areas.features.filter(({ properties }) => properties.code !== place.dataset.area);
  const sources = { areas, names: labels({ features: parts }), clusters: EMPTY, near: EMPTY };
  const gathered = { cluster: true, clusterRadius: 2.4 * size(), clusterMaxZoom: 17, clusterProperties: { n: ["+", ["get", "n"]] } };
  for (const [name, data] of Object.entries(sources)) {
    map.addSource(name, { type: "geojson", data, ...(name === "clusters" ? gathered : {}) });
  }
  for (const layer of LAYERS) map.addLayer(layer);
  dressGround();
  for (const layer of ["cluster", "matter"]) map.on("click", layer, (event) => open(event.features[0]));
};

const touched = () => {
  clearTimeout(going);
  going = setTimeout(goHome, HOME_AFTER_MS);
};

export const startGround = async () => {
  const { maplibregl } = window;
  maplibregl.setWorkerUrl(place.dataset.worker);
  const answer = await fetch(place.dataset.areas, { headers: { Accept: "application/json" } }).catch(() => null);
  const areas = answer?.ok ? await answer.json() : EMPTY;
  frame = bounds(areas);
  const seen = frame ? { bounds: frame, fitBoundsOptions: { padding: size() } } : { center: [110.28, 21.65], zoom: 10 };
  const looks = { style: style(place.dataset.tianditu), localIdeographFontFamily: getComputedStyle(document.body).fontFamily };
  const attributionControl = place.dataset.tianditu ? { customAttribution: "天地图" } : false;
  try {
    map = new maplibregl.Map({ container: place, ...looks, ...seen, attributionControl, dragRotate: false, pitchWithRotate: false });
  } catch {
    place.textContent = place.dataset.none;
    return;
  }
  popup = new maplibregl.Popup({ maxWidth: "none" });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.on("load", () => {
    fill(areas);
    map.on("moveend", lookAtGround);
    map.on("idle", () => (place.dataset.ready = "1"));
    lookAtGround();
  });
  map.getCanvas().addEventListener("keydown", (event) => {
    const found = event.key === "Enter" && nearest();
    if (found) open(found)?.focus?.();
  });
  for (const act of ["pointerdown", "wheel", "keydown"]) place.addEventListener(act, touched, { passive: true });
};
