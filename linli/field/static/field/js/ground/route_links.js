// The button "Route to the place" with the maps to choose from.
import { copy, fill, part, repeat } from "../filling.js";
import { routesTo } from "./routes.js";

/** The element, or null where no point is known. */
export const routeLinks = (point, say) => {
  if (!Number.isFinite(point?.lon) || !Number.isFinite(point?.lat)) return null;
  const element = copy("route");
  repeat(part(element, "links"), routesTo(point.lon, point.lat, say("destination")), (one, { app, href }) => {
    // In no window of its own: inside another app there is none, and back leads to the matter again.
    one.querySelector("a").href = href;
    fill(one, { words: say(`route_${app}`) });
  });
  return element;
};
