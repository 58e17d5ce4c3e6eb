// Ids and hashes, also where the page is no secure context and the browser has no `crypto.subtle` and no `randomUUID`.

export const newId = () => {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = hex(bytes);
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join("-");
};

// SHA-256 of bytes, as 64 hexadecimal digits.
export const sha256 = async (bytes) => {
  const content = new Uint8Array(bytes);
  return hex(crypto.subtle ? new Uint8Array(await crypto.subtle.digest("SHA-256", content)) : digest(content));
};

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

// FIPS 180-4, for pages over plain http: 400 kB take some 10 ms.
export const digest = (content) => {
  const length = content.length;
  const padded = new Uint8Array(((length + 72) >> 6) << 6);
  padded.set(content);
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(length / 2 ** 29));
  view.setUint32(padded.length - 4, length << 3);
  const [state, words] = [Uint32Array.from(ROOTS.map((prime) => fraction(Math.sqrt(prime)))), new Uint32Array(64)];
  for (let at = 0; at < padded.length; at += 64) turn(state, words, view, at);
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((word, index) => out.setUint32(index * 4, word));
  return new Uint8Array(out.buffer);
};

const fraction = (number) => ((number - Math.floor(number)) * 2 ** 32) >>> 0;
const primes = (count) => {
  const found = [];
  for (let one = 2; found.length < count; one++) if (found.every((prime) => one % prime)) found.push(one);
  return found;
};
const ROOTS = primes(8);
const CONSTANTS = primes(64).map((prime) => fraction(Math.cbrt(prime)));
const right = (word, by) => (word >>> by) | (word << (32 - by));

const turn = (state, words, view, at) => {
  for (let i = 0; i < 16; i++) words[i] = view.getUint32(at + i * 4);
  for (let i = 16; i < 64; i++) {
    const [near, far] = [words[i - 2], words[i - 15]];
    const mixed = (right(far, 7) ^ right(far, 18) ^ (far >>> 3)) + (right(near, 17) ^ right(near, 19) ^ (near >>> 10));
    words[i] = mixed + words[i - 16] + words[i - 7];
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const one = (h + (right(e, 6) ^ right(e, 11) ^ right(e, 25)) + ((e & f) ^ (~e & g)) + CONSTANTS[i] + words[i]) | 0;
    const two = ((right(a, 2) ^ right(a, 13) ^ right(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, index) => {
    state[index] += word;
  });
};
