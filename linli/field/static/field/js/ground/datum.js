// WGS-84 into the shifted coordinates of map providers: the same published formulas as linli/areas/crs.py, against which a test
// holds them. Longitude first, in degrees. Outside the providers' rough box of China nothing is shifted.

const A = 6378245.0;
const EE = 0.00669342162296594323;
const BD = (Math.PI * 3000) / 180;

const sin = (turns) => Math.sin(turns * Math.PI);

const inChina = (lon, lat) => lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;

const waves = (along, slow, slower) => ((20 * sin(along) + 40 * sin(along / 3) + slow * sin(along / 12) + slower * sin(along / 30)) * 2) / 3;

const shift = (lon, lat) => {
  const [x, y] = [lon - 105, lat - 35];
  const root = Math.sqrt(Math.abs(x));
  const both = ((20 * sin(6 * x) + 20 * sin(2 * x)) * 2) / 3;
  const up = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both + waves(y, 160, 320);
  const across = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both + waves(x, 150, 300);
  const radians = (lat * Math.PI) / 180;
  const magic = 1 - EE * Math.sin(radians) ** 2;
  const rooted = Math.sqrt(magic);
  return [
    (across * 180) / ((A / rooted) * Math.cos(radians) * Math.PI),
    (up * 180) / (((A * (1 - EE)) / (magic * rooted)) * Math.PI),
  ];
};

/** For Amap, Tencent and other maps of mainland China: [lon, lat]. */
export const toGcj02 = (lon, lat) => {
  if (!inChina(lon, lat)) return [lon, lat];
  const [across, up] = shift(lon, lat);
  return [lon + across, lat + up];
};

/** For Baidu: [lon, lat]. */
export const toBd09 = (lon, lat) => {
  const [x, y] = toGcj02(lon, lat);
  const radius = Math.hypot(x, y) + 0.00002 * Math.sin(y * BD);
  const angle = Math.atan2(y, x) + 0.000003 * Math.cos(x * BD);
  return [radius * Math.cos(angle) + 0.0065, radius * Math.sin(angle) + 0.006];
};
