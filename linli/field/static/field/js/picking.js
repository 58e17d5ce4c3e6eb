// A map to choose a point on: outlines as its ground. The library (1 MB) is loaded when a map is first shown, and kept from then on.
const load = (tag, attributes) =>
  new Promise((yes, no) => document.head.append(Object.assign(document.createElement(tag), attributes, { onload: yes, onerror: no })));

const library = async ({ script, style, worker }) => {
  if (!globalThis.maplibregl) {
    await Promise.all([load("script", { src: script }), load("link", { rel: "stylesheet", href: style })]);
    globalThis.maplibregl.setWorkerUrl(worker);
  }
  return globalThis.maplibregl;
};

const ground = (areas) => ({
  type: "FeatureCollection",
  features: areas.filter(({ outline }) => outline).map(({ outline, name }) => ({ type: "Feature", geometry: outline, properties: { name } })),
});

/** Shows the map; answers `{put(lon, lat)}` and calls `chosen(lon, lat)` at a tap. Rejects where no map can be had. */
export const pickOn = async (element, areas, at, chosen) => {
  const { Map, Marker, NavigationControl } = await library(element.dataset);
  const tone = colours(element);
  const map = new Map({
    container: element,
    center: at ?? middle(areas),
    zoom: at ? 14.5 : 12,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    style: {
      version: 8,
      sources: { areas: { type: "geojson", data: ground(areas) } },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": tone.ground } },
        { id: "area", type: "fill", source: "areas", paint: { "fill-color": tone.sheet } },
        { id: "edge", type: "line", source: "areas", paint: { "line-color": tone.line, "line-width": 2 } },
        { id: "name", type: "symbol", source: "areas", layout: { "text-field": ["get", "name"], "text-size": 14 }, paint: { "text-color": tone.ink } },
      ],
    },
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
  });
  map.addControl(new NavigationControl({ showCompass: false }), "top-right");
  const marker = new Marker({ color: tone.red });
  const put = (lon, lat) => marker.setLngLat([lon, lat]).addTo(map) && map.easeTo({ center: [lon, lat] });
  if (at) put(...at);
  map.on("click", ({ lngLat }) => {
    put(lngLat.lng, lngLat.lat);
    chosen(lngLat.lng, lngLat.lat);
  });
  map.on("load", () => (element.dataset.ready = "1"));
  return { put, close: () => map.remove() };
};

const colours = (element) => {
  const probe = element.appendChild(document.createElement("i"));
  const read = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const found = { ground: read("ground"), sheet: read("sheet"), line: read("line-strong"), ink: read("ink"), red: read("red") };
  probe.remove();
  return found;
};

const middle = (areas) => {
  const points = areas.flatMap(({ outline }) => (outline?.coordinates ?? []).flat(outline?.type === "MultiPolygon" ? 2 : 1));
  const mean = (axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  return points.length ? [mean(0), mean(1)] : [110.28, 21.65];
};
