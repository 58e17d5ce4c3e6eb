// The map of a grid: its outline, places and open matters, without tiles. The library (1 MB) is loaded when first wanted and then
// kept by the service worker.

const load = (tag, attributes) =>
  new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes, { onload: resolve, onerror: reject });
    document.head.append(element);
  });

const library = async ({ script, style, worker }) => {
  if (!window.maplibregl) {
    await Promise.all([load("script", { src: script }), load("link", { rel: "stylesheet", href: style })]);
    window.maplibregl.setWorkerUrl(worker);
  }
  return window.maplibregl;
};

const colour = (name) => {
  const probe = Object.assign(document.createElement("i"), { hidden: true });
  probe.style.color = `var(--${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
};

const points = (items, name) => ({
  type: "FeatureCollection",
  features: items
    .filter(({ lon, lat }) => Number.isFinite(lon) && Number.isFinite(lat))
    .map((item) => ({ type: "Feature", geometry: { type: "Point", coordinates: [item.lon, item.lat] }, properties: { name: item[name] } })),
});

const box = (geometry) => {
  const edges = [180, 90, -180, -90];
  const visit = (one) => {
    if (typeof one[0] !== "number") return one.forEach(visit);
    [0, 1].forEach((axis) => {
      edges[axis] = Math.min(edges[axis], one[axis]);
      edges[axis + 2] = Math.max(edges[axis + 2], one[axis]);
    });
  };
  visit(geometry.coordinates);
  return edges;
};

const styleOf = (area, matters) => {
  const [ground, sheet, line, ink, accent, red] = ["ground", "sheet", "line-strong", "ink", "accent", "red"].map(colour);
  const label = (name) => ({ "text-field": ["get", name], "text-size": 13, "text-anchor": "top", "text-offset": [0, 0.7], "text-optional": true });
  const dots = (source, fill) => [
    { id: source, type: "circle", source, paint: { "circle-radius": 8, "circle-color": fill, "circle-stroke-width": 2, "circle-stroke-color": sheet } },
    { id: `${source}-name`, type: "symbol", source, layout: label("name"), paint: { "text-color": ink, "text-halo-color": sheet, "text-halo-width": 1.6 } },
  ];
  return {
    version: 8,
    sources: {
      outline: { type: "geojson", data: { type: "Feature", geometry: area.outline, properties: {} } },
      places: { type: "geojson", data: points(area.places ?? [], "name") },
      matters: { type: "geojson", data: points(matters, "title") },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": ground } },
      { id: "area", type: "fill", source: "outline", paint: { "fill-color": sheet } },
      { id: "edge", type: "line", source: "outline", paint: { "line-color": line, "line-width": 2.5 } },
      ...dots("places", accent),
      ...dots("matters", red),
    ],
  };
};

/** Shows the map in the element; false where it cannot be: no network the first time, or a phone that draws none. */
export const showMap = async (element, area, matters) => {
  try {
    const maplibregl = await library(element.dataset);
    element.hidden = false;
    const map = new maplibregl.Map({
      container: element,
      style: styleOf(area, matters),
      bounds: box(area.outline),
      fitBoundsOptions: { padding: 28 },
      localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
      attributionControl: false,
      locale: {
        "Map.Title": element.dataset.title,
        "NavigationControl.ZoomIn": element.dataset.nearer,
        "NavigationControl.ZoomOut": element.dataset.farther,
        "CooperativeGesturesHandler.MobileHelpText": element.dataset.fingers,
        "CooperativeGesturesHandler.WindowsHelpText": element.dataset.keys,
        "CooperativeGesturesHandler.MacHelpText": element.dataset.keys,
      },
      // One finger scrolls the page, two move the map.
      cooperativeGestures: true,
      dragRotate: false,
      pitchWithRotate: false,
    });
    map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
    await new Promise((resolve) => map.once("load", resolve));
    element.dataset.ready = "1";
    return true;
  } catch {
    element.hidden = true;
    return false;
  }
};
