// What a JPEG says of itself beside the picture: the way up, the time, the place; read before it is scaled and written back after.
//
// EXIF 2.32 (CIPA DC-008). Whatever is not as it should be counts as absent. Of a camera's other notes none is kept: no serial
// numbers, no names.

const ORIENTATION = 0x0112;
const [EXIF, GPS] = [0x8769, 0x8825];
const [ORIGINAL, OFFSET_ORIGINAL, SUBSECONDS] = [0x9003, 0x9011, 0x9291];
const DIGITIZED = 0x9004;
const MOST_ENTRIES = 200;
const WIDTHS = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };

// { width, height, orientation, time: "2026:11:16 11:58:00", zone: "+08:00", subseconds, position: {lon, lat}, parts } of a JPEG,
// `parts` being the numbers of its position as they were; null for what is no JPEG.
export const read = (buffer) => {
  const view = new DataView(buffer);
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return null;
  const found = { width: 0, height: 0, orientation: 1, time: "", zone: "", subseconds: "", position: null, parts: null };
  try {
    for (const { marker, at, length } of segments(view)) {
      if (isFrame(marker)) Object.assign(found, { height: view.getUint16(at + 1), width: view.getUint16(at + 3) });
      else if (marker === 0xe1 && text(view, at, 4) === "Exif") Object.assign(found, readTiff(new DataView(buffer, at + 6, length - 6)));
    }
  } catch {
    // Broken off: what was found counts.
  }
  return found;
};

// The same picture, upright by now, with the time and place of the one it was made from.
export const written = (jpeg, { time, zone, subseconds, parts }) => {
  const block = tiff({ time, zone, subseconds, parts });
  const bytes = new Uint8Array(jpeg);
  const out = new Uint8Array(bytes.length + block.length + 10);
  const head = new DataView(out.buffer);
  head.setUint16(0, 0xffd8);
  head.setUint16(2, 0xffe1);
  head.setUint16(4, block.length + 8);
  out.set([0x45, 0x78, 0x69, 0x66, 0, 0], 6);
  out.set(block, 12);
  out.set(bytes.subarray(2), 12 + block.length);
  return out.buffer;
};

// "2026-11-16T11:58:00+08:00"; without a zone where the camera gave none; null for a clock that was never set.
export const moment = ({ time, zone }) => {
  const found = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(time);
  if (!found || found[1] === "0000") return null;
  return `${found[1]}-${found[2]}-${found[3]}T${found[4]}${/^[+-]\d\d:\d\d$/.test(zone) ? zone : ""}`;
};

function* segments(view) {
  let at = 2;
  while (at + 4 <= view.byteLength) {
    if (view.getUint8(at) !== 0xff) return;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda || marker === 0xd9) return;
    const length = view.getUint16(at + 2);
    yield { marker, at: at + 4, length: length - 2 };
    at += 2 + length;
  }
}

const isFrame = (marker) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

const text = (view, at, length) => {
  let said = "";
  for (let i = at; i < at + length; i++) {
    const sign = view.getUint8(i);
    if (!sign) break;
    said += String.fromCharCode(sign);
  }
  return said;
};

const readTiff = (view) => {
  const isLittle = view.getUint16(0) === 0x4949;
  const directory = (at) => {
    const entries = {};
    const count = Math.min(view.getUint16(at, isLittle), MOST_ENTRIES);
    for (let i = 0; i < count; i++) {
      const entry = at + 2 + i * 12;
      const [tag, kind] = [view.getUint16(entry, isLittle), view.getUint16(entry + 2, isLittle)];
      const number = view.getUint32(entry + 4, isLittle);
      const isHere = (WIDTHS[kind] ?? 8) * number <= 4;
      entries[tag] = { kind, number, at: isHere ? entry + 8 : view.getUint32(entry + 8, isLittle) };
    }
    return entries;
  };
  const words = (entry) => (entry?.kind === 2 ? text(view, entry.at, Math.min(entry.number, 64)).trim() : "");
  const number = (entry) => (entry?.kind === 3 ? view.getUint16(entry.at, isLittle) : entry ? view.getUint32(entry.at, isLittle) : 0);
  const fractions = (entry) => {
    if (entry?.kind !== 5 || entry.number < 1 || entry.number > 3) return null;
    return Array.from({ length: entry.number }, (_, i) => [0, 4].map((part) => view.getUint32(entry.at + i * 8 + part, isLittle)));
  };
  const first = directory(view.getUint32(4, isLittle));
  const found = {};
  const way = number(first[ORIENTATION]);
  if (way >= 1 && way <= 8) found.orientation = way;
  const attempt = (read) => {
    try {
      read();
    } catch {
      // This part is broken; the others count.
    }
  };
  attempt(() => {
    if (!first[EXIF]) return;
    const below = directory(number(first[EXIF]));
    found.time = words(below[ORIGINAL]) || words(below[DIGITIZED]);
    found.zone = words(below[OFFSET_ORIGINAL]);
    found.subseconds = words(below[SUBSECONDS]);
  });
  attempt(() => {
    if (!first[GPS]) return;
    const below = directory(number(first[GPS]));
    const parts = { north: words(below[1]), lat: fractions(below[2]), east: words(below[3]), lon: fractions(below[4]) };
    const position = placed(parts);
    if (position) Object.assign(found, { position, parts });
  });
  return found;
};

const placed = ({ north, lat, east, lon }) => {
  const [up, along] = [degrees(lat), degrees(lon)];
  if (up === null || along === null || up > 90 || along > 180 || (!up && !along)) return null;
  return { lon: east === "W" ? -along : along, lat: north === "S" ? -up : up };
};

const degrees = (parts) => {
  if (!parts || parts.some(([, below]) => !below)) return null;
  return parts.reduce((sum, [above, below], index) => sum + above / below / 60 ** index, 0);
};

// A block of its own: orientation, time and place, in this order. Values longer than four bytes lie behind their directory.
const tiff = ({ time, zone, subseconds, parts }) => {
  const detail = [
    [ORIGINAL, ascii(time)],
    [OFFSET_ORIGINAL, ascii(zone)],
    [SUBSECONDS, ascii(subseconds)],
  ].filter(([, value]) => value.count > 1);
  const place = parts
    ? [
        [1, ascii(parts.north || "N")],
        [2, rationals(parts.lat)],
        [3, ascii(parts.east || "E")],
        [4, rationals(parts.lon)],
      ]
    : [];
  const first = [[ORIENTATION, short(1)]];
  const size = (entries) => 6 + entries.length * 12 + entries.reduce((sum, [, { bytes }]) => sum + (bytes.length > 4 ? even(bytes.length) : 0), 0);
  let behind = 8 + size([...first, ...(detail.length ? [[EXIF, long(0)]] : []), ...(place.length ? [[GPS, long(0)]] : [])]);
  if (detail.length) {
    first.push([EXIF, long(behind)]);
    behind += size(detail);
  }
  if (place.length) first.push([GPS, long(behind)]);
  const out = [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8];
  for (const entries of [first, detail, place]) if (entries.length) directoryBytes(out, entries);
  return Uint8Array.from(out);
};

const directoryBytes = (out, entries) => {
  let values = out.length + 6 + entries.length * 12;
  const behind = [];
  out.push(...number16(entries.length));
  for (const [tag, { kind, count, bytes }] of entries) {
    out.push(...number16(tag), ...number16(kind), ...number32(count));
    if (bytes.length <= 4) {
      out.push(...bytes, ...Array(4 - bytes.length).fill(0));
      continue;
    }
    out.push(...number32(values));
    values += even(bytes.length);
    behind.push(...bytes, ...Array(even(bytes.length) - bytes.length).fill(0));
  }
  out.push(0, 0, 0, 0, ...behind);
};

const even = (length) => length + (length % 2);
const number16 = (value) => [value >> 8, value & 255];
const number32 = (value) => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
const short = (value) => ({ kind: 3, count: 1, bytes: number16(value) });
const long = (value) => ({ kind: 4, count: 1, bytes: number32(value) });
const ascii = (said) => ({ kind: 2, count: said.length + 1, bytes: [...said].map((sign) => sign.charCodeAt(0) & 127).concat(0) });
const rationals = (parts) => ({ kind: 5, count: parts.length, bytes: parts.flat().flatMap(number32) });
