// A camera's picture made small enough for a village line: upright, its long edge and bytes limited, its time and place kept.
// Runs in the worker, or on the page where a worker cannot draw.

import { moment, read, written } from "./exif.js";
import { sha256 } from "./hashing.js";
import { Refusal } from "./refusing.js";

export const MOST_BYTES = 400_000;
// Beyond this the server takes no photo.
const MOST_AS_IT_IS = 20_000_000;
const QUALITIES = [0.7, 0.6, 0.5, 0.4];
const SMALLER = 0.8;
const SMALLEST_EDGE = 480;

// { content, type, width, height, sha256, seen: {taken_at, position} } of the bytes of a file. Raises `photo_unreadable`.
export const scaled = async (buffer, type, { long_edge, most_bytes = MOST_BYTES }) => {
  const found = read(buffer);
  const picture = await decoded(new Blob([buffer], { type }));
  if (!picture) return asItIs(buffer, type, found);
  try {
    const isSmall = buffer.byteLength <= most_bytes && Math.max(picture.width, picture.height) <= long_edge;
    // A small JPEG goes as it is: nothing gets better by being made anew.
    if (found && isSmall) return described(buffer, "image/jpeg", picture, found);
    const { content, width, height } = await fitted(picture, long_edge, most_bytes - 300);
    const isNoted = found && (found.time || found.parts);
    return described(isNoted ? written(content, found) : content, "image/jpeg", { width, height }, found);
  } finally {
    picture.close?.();
  }
};

const described = async (content, type, { width, height }, found) => ({
  content,
  type,
  width,
  height,
  sha256: await sha256(content),
  seen: { taken_at: found ? moment(found) : null, position: found?.position ?? null },
});

// Upright, as the camera meant it: browsers turn it by its EXIF.
const decoded = async (blob) => {
  for (const options of [{ imageOrientation: "from-image" }, undefined]) {
    try {
      return await createImageBitmap(blob, options);
    } catch (error) {
      // Old browsers turn it of themselves, and do not know the word for it.
      if (!(error instanceof TypeError)) return null;
    }
  }
  return null;
};

// This browser cannot draw it. The server reads HEIC too: so it goes as the phone made it, unless that is too much.
const asItIs = async (buffer, type, found) => {
  const brand = new TextDecoder().decode(new Uint8Array(buffer, 0, Math.min(12, buffer.byteLength)));
  const isHeic = /^....ftyp(hei|hev|mif1|msf1)/s.test(brand);
  if (!isHeic || buffer.byteLength > MOST_AS_IT_IS) throw new Refusal("photo_unreadable");
  return described(buffer, "image/heic", { width: 0, height: 0 }, found);
};

const fitted = async (picture, long_edge, most_bytes) => {
  let edge = Math.min(long_edge, Math.max(picture.width, picture.height));
  for (;;) {
    const share = edge / Math.max(picture.width, picture.height);
    const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * share)));
    const canvas = drawn(picture, width, height);
    for (const quality of QUALITIES) {
      const content = await encoded(canvas, quality);
      if (content.byteLength <= most_bytes || edge <= SMALLEST_EDGE) return { content, width, height };
    }
    edge = Math.round(edge * SMALLER);
  }
};

const drawn = (picture, width, height) => {
  const canvas = globalThis.OffscreenCanvas ? new OffscreenCanvas(width, height) : document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { alpha: false });
  context.imageSmoothingQuality = "high";
  // What is transparent in a screenshot would be black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(picture, 0, 0, width, height);
  return canvas;
};

const encoded = async (canvas, quality) => {
  const type = "image/jpeg";
  const blob = canvas.convertToBlob
    ? await canvas.convertToBlob({ type, quality })
    : await new Promise((done) => canvas.toBlob(done, type, quality));
  return blob.arrayBuffer();
};
