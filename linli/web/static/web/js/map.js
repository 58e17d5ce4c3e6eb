// Maps: our own outlines as ground, matters as points, a point to choose. Labels are drawn with the fonts of the device.

const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const tone = dark
  ? { ground: "#12181a", area: "#1f2a2c", line: "#50676a", label: "#c6d6d2", halo: "#12181a", point: "#5cc8bd", late: "#ff9d92" }
  : { ground: "#e6ecea", area: "#ffffff", line: "#8fa9a3", label: "#33504b", halo: "#ffffff", point: "#0b6e69", late: "#b3261e" };

export const style = (key) => {
  const sources = {};
  const layers = [{ id: "ground", type: "background", paint: { "background-color": tone.ground } }];
  if (key) {
    for (const [name, set] of [["vec", "vec_w"], ["cva", "cva_w"]]) {
      sources[name] = {
        type: "raster",
        tileSize: 256,
        tiles: [`https://t0.tianditu.gov.cn/${set}/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=${name}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=${key}`],
      };
      layers.push({ id: name, type: "raster", source: name });
    }
  }
  return { version: 8, sources, layers };
};

export const bounds = (collection) => {
  const box = [180, 90, -180, -90];
  const visit = (part) => {
    if (typeof part[0] !== "number") return part.forEach(visit);
    box[0] = Math.min(box[0], part[0]);
    box[1] = Math.min(box[1], part[1]);
    box[2] = Math.max(box[2], part[0]);
    box[3] = Math.max(box[3], part[1]);
  };
  for (const feature of collection.features) visit(feature.geometry.coordinates);
  return box[0] <= box[2] ? box : null;
};

export const labels = (collection) => ({
  type: "FeatureCollection",
  features: collection.features.map((feature) => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: feature.properties.label },
    properties: { name: feature.properties.name, former: Boolean(feature.properties.former) },
  })),
});

// An outline of former days is marked among those of today.
const former = (then, now) => ["case", ["boolean", ["get", "former"], false], then, now];

const addAreas = (map, collection, withTiles) => {
  map.addSource("areas", { type: "geojson", data: collection });
  map.addSource("labels", { type: "geojson", data: labels(collection) });
  map.addLayer({ id: "area", type: "fill", source: "areas", paint: { "fill-color": tone.area, "fill-opacity": withTiles ? 0.12 : 0.75 } });
  map.addLayer({ id: "outline", type: "line", source: "areas", paint: { "line-color": former(tone.late, tone.line), "line-width": former(3, 1.2) } });
  map.addLayer({
    id: "label",
    type: "symbol",
    source: "labels",
    layout: { "text-field": ["get", "name"], "text-size": 12.5, "text-padding": 6, "symbol-sort-key": former(0, 1) },
    paint: { "text-color": former(tone.late, tone.label), "text-halo-color": tone.halo, "text-halo-width": 1.6 },
  });
};

const addEvents = (map, element, collection) => {
  map.addSource("events", { type: "geojson", data: collection, cluster: true, clusterRadius: 44, clusterMaxZoom: 15 });
  map.addLayer({
    id: "cluster",
    type: "circle",
    source: "events",
    filter: ["has", "point_count"],
    paint: { "circle-color": tone.point, "circle-opacity": 0.88, "circle-radius": ["step", ["get", "point_count"], 15, 10, 19, 50, 25], "circle-stroke-width": 2, "circle-stroke-color": tone.halo },
  });
  map.addLayer({
    id: "cluster-count",
    type: "symbol",
    source: "events",
    filter: ["has", "point_count"],
    layout: { "text-field": ["get", "point_count_abbreviated"], "text-size": 13 },
    paint: { "text-color": dark ? "#06211f" : "#ffffff" },
  });
  map.addLayer({
    id: "event",
    type: "circle",
    source: "events",
    filter: ["!", ["has", "point_count"]],
    paint: { "circle-color": ["case", ["get", "late"], tone.late, tone.point], "circle-radius": 8, "circle-stroke-width": 2, "circle-stroke-color": tone.halo },
  });
  map.on("click", "cluster", async (event) => {
    const feature = event.features[0];
    const zoom = await map.getSource("events").getClusterExpansionZoom(feature.properties.cluster_id);
    map.easeTo({ center: feature.geometry.coordinates, zoom: zoom + 0.3 });
  });
  map.on("click", "event", (event) => popup(map, element, event.features[0]));
  for (const layer of ["cluster", "event"]) {
    map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
  }
};

const popup = (map, element, feature) => {
  const card = document.createElement("div");
  card.className = "map-popup";
  const line = (tag, words) => {
    const part = document.createElement(tag);
    part.textContent = words;
    card.append(part);
    return part;
  };
  line("b", feature.properties.title);
  line("span", [feature.properties.category, feature.properties.state, feature.properties.late ? element.dataset.late : ""].filter(Boolean).join(" · "));
  line("a", element.dataset.open).href = `${element.dataset.show}${feature.properties.id}/`;
  new window.maplibregl.Popup({ maxWidth: "18rem" }).setLngLat(feature.geometry.coordinates).setDOMContent(card).addTo(map);
};

const pick = (map, element) => {
  const form = element.closest("form");
  const field = (name) => form.querySelector(`[name=${name}]`);
  const marker = new window.maplibregl.Marker({ color: tone.late });
  const put = (lon, lat, accuracy) => {
    field("lon").value = lon.toFixed(6);
    field("lat").value = lat.toFixed(6);
    if (field("accuracy_m")) field("accuracy_m").value = accuracy ? accuracy.toFixed(0) : "";
    marker.setLngLat([lon, lat]).addTo(map);
  };
  if (field("lon").value) put(Number(field("lon").value), Number(field("lat").value), Number(field("accuracy_m")?.value));
  map.on("click", (event) => put(event.lngLat.lng, event.lngLat.lat));
  element.addEventListener("found", (event) => {
    put(event.detail.lon, event.detail.lat, event.detail.accuracy);
    map.easeTo({ center: [event.detail.lon, event.detail.lat], zoom: 15 });
  });
};

const start = async (element) => {
  const maplibregl = window.maplibregl;
  maplibregl.setWorkerUrl(element.dataset.worker);
  const answer = await fetch(element.dataset.areas, { headers: { Accept: "application/json" } });
  const areas = answer.ok ? await answer.json() : { type: "FeatureCollection", features: [] };
  const point = element.dataset.point?.split(",").map(Number);
  const box = bounds(areas);
  const map = new maplibregl.Map({
    container: element,
    style: style(element.dataset.tianditu),
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
    attributionControl: element.dataset.tianditu ? { customAttribution: "天地图" } : false,
    ...(box ? { bounds: box, fitBoundsOptions: { padding: 24 } } : { center: point ?? [110.28, 21.65], zoom: 10 }),
    cooperativeGestures: false,
    dragRotate: false,
    pitchWithRotate: false,
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-right");
  map.on("load", async () => {
    addAreas(map, areas, Boolean(element.dataset.tianditu));
    if (element.dataset.events) {
      const events = await (await fetch(element.dataset.events, { headers: { Accept: "application/json" } })).json();
      addEvents(map, element, events);
    }
    if (point) {
      new maplibregl.Marker({ color: tone.late }).setLngLat(point).addTo(map);
      if (!box) map.jumpTo({ center: point, zoom: 14 });
    }
    if ("pick" in element.dataset) pick(map, element);
    element.dataset.ready = "1";
  });
  for (const link of document.querySelectorAll("[data-goto]")) {
    link.addEventListener("focus", () => map.easeTo({ center: link.dataset.goto.split(",").map(Number), zoom: Math.max(map.getZoom(), 13) }));
  }
};

for (const button of document.querySelectorAll("[data-locate]")) {
  button.addEventListener("click", () => {
    const form = button.closest("form");
    const element = form.querySelector("[data-map]");
    const words = form.querySelector("[data-located]");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.querySelector("[name=lon]").value = coords.longitude.toFixed(6);
        form.querySelector("[name=lat]").value = coords.latitude.toFixed(6);
        form.querySelector("[name=accuracy_m]").value = coords.accuracy.toFixed(0);
        words.textContent = element.dataset.found;
        element.dispatchEvent(new CustomEvent("found", { detail: { lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy } }));
      },
      () => (words.textContent = element.dataset.denied),
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
}

addEventListener("load", () => document.querySelectorAll("[data-map]").forEach(start));
