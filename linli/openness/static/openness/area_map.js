// The map of an area: its outlines, which lead to their pages, and squares in which matters lie. Without it the list says it all.

import { bounds, labels, style } from "../web/js/map.js";

const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const tone = dark
  ? { area: "#1f2a2c", line: "#50676a", label: "#c6d6d2", halo: "#12181a", open: "#5cc8bd", ended: "#a9b8b5", on: "#06211f" }
  : { area: "#ffffff", line: "#8fa9a3", label: "#33504b", halo: "#ffffff", open: "#0b6e69", ended: "#5f6f6b", on: "#ffffff" };

const read = async (address) => {
  const answer = await fetch(address);
  return answer.ok ? answer.json() : null;
};

const square = ({ lon, lat, size }) => {
  const half = size / 2;
  const ring = [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]].map(([x, y]) => [lon + x * half, lat + y * half]);
  return { type: "Polygon", coordinates: [ring] };
};

const collection = (cells, geometry) => ({
  type: "FeatureCollection",
  features: cells.map((cell, id) => ({
    type: "Feature",
    geometry: geometry(cell),
    properties: { cell: id, open: cell.open, ended: cell.ended, all: cell.open + cell.ended, state: cell.open ? "open" : "ended" },
  })),
});

const addAreas = (map, areas, element) => {
  map.addSource("areas", { type: "geojson", data: areas });
  map.addSource("labels", { type: "geojson", data: labels(areas) });
  const opacity = element.dataset.tianditu ? 0.12 : 0.75;
  map.addLayer({ id: "area", type: "fill", source: "areas", paint: { "fill-color": tone.area, "fill-opacity": opacity } });
  map.addLayer({ id: "outline", type: "line", source: "areas", paint: { "line-color": tone.line, "line-width": 1.2 } });
  map.addLayer({
    id: "label",
    type: "symbol",
    source: "labels",
    layout: { "text-field": ["get", "name"], "text-size": 12.5, "text-padding": 6 },
    paint: { "text-color": tone.label, "text-halo-color": tone.halo, "text-halo-width": 1.6 },
  });
};

const addCells = (map, element, cells) => {
  map.addSource("squares", { type: "geojson", data: collection(cells, square) });
  map.addSource("cells", {
    type: "geojson",
    data: collection(cells, ({ lon, lat }) => ({ type: "Point", coordinates: [lon, lat] })),
    cluster: true,
    clusterRadius: 40,
    clusterMaxZoom: 14,
    clusterProperties: { all: ["+", ["get", "all"]], open: ["+", ["get", "open"]] },
  });
  const colour = ["case", [">", ["get", "open"], 0], tone.open, tone.ended];
  map.addLayer({ id: "square", type: "fill", source: "squares", minzoom: 12, paint: { "fill-color": colour, "fill-opacity": 0.22 } });
  map.addLayer({ id: "square-line", type: "line", source: "squares", minzoom: 12, paint: { "line-color": colour, "line-width": 1.2 } });
  map.addLayer({
    id: "cell",
    type: "circle",
    source: "cells",
    paint: { "circle-color": colour, "circle-opacity": 0.9, "circle-radius": ["step", ["get", "all"], 11, 10, 15, 50, 20], "circle-stroke-width": 2, "circle-stroke-color": tone.halo },
  });
  map.addLayer({
    id: "cell-count",
    type: "symbol",
    source: "cells",
    layout: { "text-field": ["to-string", ["get", "all"]], "text-size": 12, "text-allow-overlap": true },
    paint: { "text-color": tone.on },
  });
  map.on("click", "cell", (event) => show(map, element, cells, event.features[0]));
  map.on("mouseenter", "cell", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "cell", () => (map.getCanvas().style.cursor = ""));
};

const show = async (map, element, cells, feature) => {
  const center = feature.geometry.coordinates;
  if (feature.properties.cluster) {
    const zoom = await map.getSource("cells").getClusterExpansionZoom(feature.properties.cluster_id);
    map.easeTo({ center, zoom: zoom + 0.3 });
    return;
  }
  const cell = cells[feature.properties.cell];
  const card = document.createElement("div");
  card.className = "map-popup";
  const line = (tag, words) => {
    const part = document.createElement(tag);
    part.textContent = words;
    card.append(part);
  };
  line("b", `${element.dataset.open} ${cell.open} · ${element.dataset.ended} ${cell.ended}`);
  for (const [name, n] of cell.categories) line("span", `${name} ${n}`);
  line("small", element.dataset.within);
  new window.maplibregl.Popup({ maxWidth: "18rem" }).setLngLat(center).setDOMContent(card).addTo(map);
};

const lead = (map, element) => {
  map.on("click", "area", (event) => {
    const onCell = map.getLayer("cell") && map.queryRenderedFeatures(event.point, { layers: ["cell"] }).length;
    const code = event.features.map((one) => one.properties.code).sort((a, b) => b.length - a.length)[0];
    if (!onCell && code !== element.dataset.here) location.assign(`${element.dataset.to}${code}/${element.dataset.language ?? ""}`);
  });
};

const start = async (element) => {
  element.parentElement.querySelector("[data-without-map]")?.remove();
  const [areas, found] = await Promise.all([read(element.dataset.areas), element.dataset.cells ? read(element.dataset.cells) : null]);
  const cells = found?.cells ?? [];
  const places = collection(cells, square);
  const box = (areas && bounds(areas)) ?? bounds(places);
  // Neither an outline nor a point: there is nothing to draw.
  if (!box) return;
  element.hidden = false;
  window.maplibregl.setWorkerUrl(element.dataset.worker);
  const map = new window.maplibregl.Map({
    container: element,
    style: style(element.dataset.tianditu),
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
    attributionControl: element.dataset.tianditu ? { customAttribution: "天地图" } : false,
    bounds: box,
    fitBoundsOptions: { padding: 24 },
    // One finger scrolls the page.
    cooperativeGestures: true,
    locale: { "CooperativeGesturesHandler.MobileHelpText": element.dataset.fingers },
    scrollZoom: false,
    dragRotate: false,
    pitchWithRotate: false,
  });
  map.addControl(new window.maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.on("load", () => {
    addAreas(map, areas ?? places, element);
    addCells(map, element, cells);
    lead(map, element);
    element.dataset.ready = "1";
  });
};

addEventListener("load", () => document.querySelectorAll("[data-area-map]").forEach(start));
