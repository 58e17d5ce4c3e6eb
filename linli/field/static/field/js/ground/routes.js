// The way to a place in the map that the phone has: links that tell the map a point in its own coordinates and nothing else.
// No number, words or address of the matter go along, and no sender beyond the program's name where a map will not open without.

import { toBd09, toGcj02 } from "./datum.js";

const figures = (pair) => pair.map((one) => one.toFixed(6));

const LINKS = {
  // RFC 5870: WGS-84, latitude first. Android asks which map; `q` puts the pin.
  phone: (lon, lat) => {
    const [x, y] = figures([lon, lat]);
    return `geo:${y},${x}?q=${y},${x}`;
  },
  amap: (lon, lat) => `https://uri.amap.com/navigation?to=${figures(toGcj02(lon, lat)).join(",")}&mode=car&coordinate=gaode&callnative=1`,
  baidu: (lon, lat, label) => {
    const [x, y] = figures(toBd09(lon, lat));
    const words = encodeURIComponent(label);
    return `https://api.map.baidu.com/marker?location=${y},${x}&title=${words}&content=${words}&coord_type=bd09ll&output=html&src=webapp.linli.linli`;
  },
  tencent: (lon, lat, label) => {
    const [x, y] = figures(toGcj02(lon, lat));
    return `https://apis.map.qq.com/uri/v1/routeplan?type=drive&to=${encodeURIComponent(label)}&tocoord=${y},${x}&referer=linli`;
  },
};

/** The links to a WGS-84 point, [{app, href}]: first the phone's own map. `label` is a general word for the pin. */
export const routesTo = (lon, lat, label) => Object.entries(LINKS).map(([app, link]) => ({ app, href: link(lon, lat, label) }));
