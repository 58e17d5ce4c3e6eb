// All that is on the phone of one owner, as a file that can be handed in by another way: JSON, photos in base64, no tokens.

import { shown } from "./making.js";

const ROW = 3 * 8192;

export const exported = async ({ records, owner }) => {
  const parts = [`{"linli_outbox":1,"owner":${JSON.stringify(owner)},"exported_at":${JSON.stringify(new Date().toISOString())},"records":[`];
  const all = await records.list();
  for (const [index, record] of all.entries()) {
    if (index) parts.push(",");
    await addRecord(parts, record, records);
  }
  parts.push(`],"receipts":${JSON.stringify((await records.receipts()).map((record) => shown(record)))}}`);
  return new Blob(parts, { type: "application/json" });
};

const addRecord = async (parts, record, records) => {
  const { photos, ...rest } = shown(record);
  parts.push(`${JSON.stringify(rest).slice(0, -1)},"photos":[`);
  for (const [index, photo] of photos.entries()) {
    const content = await records.content(record.id, photo.key).catch(() => null);
    parts.push(`${index ? "," : ""}${JSON.stringify(photo).slice(0, -1)},"content":`, content ? `"${base64(content)}"}` : "null}");
  }
  parts.push("]}");
};

const base64 = (buffer) => {
  const bytes = new Uint8Array(buffer);
  let said = "";
  for (let at = 0; at < bytes.length; at += ROW) said += btoa(String.fromCharCode(...bytes.subarray(at, at + ROW)));
  return said;
};
