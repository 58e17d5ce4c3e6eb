// What came back, and what it means for the queue. Pure: a table of cases, no network, no store.
//
// Success is not a status but our own shape with the same id: a portal's page with status 200 is none. What is no answer of ours
// is never taken for a refusal either, whatever its status.

// { kind, code?, message?, field?, retry_after_s?, body? }; kinds:
//   kept       ours, with the id that was asked about
//   later      the server is there and wants us to come again (5xx, 408, 425, 429, 507)
//   offline    nobody answered
//   portal     somebody else answered: a sign-in page of the network, most likely
//   strange    somebody between us and the server refuses this one, in words of its own
//   sign_in    the sign-in has ended; the queue waits
//   token      the token of a resident's phone is taken no more; another is asked for
//   older      the server does not know this yet (it was set back to an older version)
//   conflict   something else is there already (409)
//   gone       the server does not know the report (404)
//   bad        refused for good, with a sentence: this one item needs its owner
//
// `needs` names a field without which it is no answer to this question.
export const classify = (status, body, { id = null, needs = "id", retry_after = null } = {}) => {
  if (status === 0) return { kind: "offline", code: "offline" };
  if (isOurs(status, body, id) && needs in body) return { kind: "kept", status, body };
  const refusal = refusalIn(body);
  const more = { ...refusal, status, retry_after_s: seconds(retry_after) };
  if (status === 413) return { code: "too_large", ...more, kind: "bad" };
  if (!refusal) return { ...more, ...notOurs(status) };
  return { ...more, kind: BY_CODE[refusal.code] ?? BY_STATUS[status] ?? (status >= 500 ? "later" : "bad") };
};

const BY_CODE = {
  bad_token: "token",
  sign_in_again: "sign_in",
  bad_key: "sign_in",
  unknown_kind: "older",
  no_such_address: "older",
  wrong_method: "older",
  no_such_report: "gone",
  too_slow: "later",
};
const BY_STATUS = { 401: "sign_in", 408: "later", 409: "conflict", 425: "later", 429: "later" };

const isOurs = (status, body, id) =>
  (status === 200 || status === 201 || status === 202) && isObject(body) && (id === null || body.id === id);

const refusalIn = (body) => {
  const error = isObject(body) ? body.error : null;
  if (!isObject(error) || typeof error.code !== "string" || typeof error.message !== "string") return null;
  return { code: error.code, message: error.message, ...(typeof error.field === "string" && { field: error.field }) };
};

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

const notOurs = (status) => {
  // 511 is what a portal says that knows its manners.
  if (status < 400 || status === 511) return { kind: "portal", code: "portal" };
  if (status >= 500 || BY_STATUS[status] === "later") return { kind: "later", code: "server_trouble" };
  return { kind: "strange", code: "strange_answer" };
};

// `Retry-After`: seconds, or a date.
const seconds = (said) => {
  if (!said) return 0;
  if (/^\d+$/.test(said)) return Number(said);
  const until = Date.parse(said);
  return Number.isNaN(until) ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1000));
};

// Milliseconds to wait after so many failures in a row: 1 s, 2 s, 4 s … 5 min, of which half is drawn by lot so that phones that
// failed together do not come back together. What the server asks for is the least.
export const backoff_ms = (fails, retry_after_s = 0, lot = Math.random()) => {
  const most = Math.min(1000 * 2 ** Math.min(Math.max(fails - 1, 0), 20), 300_000);
  return Math.round(Math.max(most / 2, retry_after_s * 1000) + (lot * most) / 2);
};
