// Scales pictures away from the page: { id, buffer, type, limits } in, { id, result } or { id, code } out.

import { scaled } from "./scaling.js";

addEventListener("message", async ({ data: { id, buffer, type, limits } }) => {
  try {
    const result = await scaled(buffer, type, limits);
    postMessage({ id, result }, [result.content]);
  } catch (error) {
    postMessage({ id, code: error.code && typeof error.code === "string" ? error.code : "photo_unreadable" });
  }
});
