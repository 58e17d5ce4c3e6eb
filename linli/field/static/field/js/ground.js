// Which of the areas that the phone knows holds a point; ring by ring, as GeoJSON draws them.
const inRing = ([x, y], ring) => {
  let inside = false;
  for (let here = 0, before = ring.length - 1; here < ring.length; before = here++) {
    const [ax, ay] = ring[here];
    const [bx, by] = ring[before];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
};

const polygons = (outline) => (outline?.type === "MultiPolygon" ? outline.coordinates : outline ? [outline.coordinates] : []);

export const holds = (outline, point) =>
  polygons(outline).some(([shell, ...holes]) => inRing(point, shell) && !holes.some((hole) => inRing(point, hole)));

/** The smallest area of the list around the point, by the length of its code; undefined when none holds it. */
export const areaAt = (areas, { lon, lat }) =>
  areas.filter((area) => holds(area.outline, [lon, lat])).sort((one, other) => other.code.length - one.code.length)[0];
