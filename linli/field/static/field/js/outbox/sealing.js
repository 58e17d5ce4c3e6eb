// What lies on the phone is sealed under a key of its owner's own (AES-GCM), which no script can read out.
//
// It keeps one holder of a shared phone from what another has left on it, as far as this app can: docs/outbox.md says what it
// does not protect from. Over plain http the browser has no cryptography: then nothing is sealed, and `isSealed` says so.

import { got } from "./store.js";

export class Sealing {
  constructor(store) {
    this.store = store;
    this.keys = new Map();
  }

  // Whether what this owner keeps is sealed on this phone.
  async isSealed(owner) {
    return Boolean(await this.key(owner));
  }

  // `content` is bytes; `about` binds them to their place, so that no row can be put in another's.
  async seal(owner, about, content) {
    const key = await this.key(owner);
    if (!key) return { box: plain(content) };
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, box: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bytesOf(about) }, key, content) };
  }

  async open(owner, about, { iv, box }) {
    if (!iv) return box;
    const key = await this.key(owner);
    return crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: bytesOf(about) }, key, box);
  }

  async sealValue(owner, about, value) {
    return this.seal(owner, about, bytesOf(JSON.stringify(value)));
  }

  async openText(owner, about, sealed) {
    return new TextDecoder().decode(await this.open(owner, about, sealed));
  }

  async openValue(owner, about, sealed) {
    return JSON.parse(await this.openText(owner, about, sealed));
  }

  forget() {
    this.keys.clear();
  }

  key(owner) {
    if (!this.keys.has(owner)) {
      const found = this.found(owner);
      found.catch(() => this.keys.delete(owner));
      this.keys.set(owner, found);
    }
    return this.keys.get(owner);
  }

  async found(owner) {
    const name = keyName(owner);
    const known = await this.store.get("meta", name);
    if (known || !crypto.subtle) return known?.key ?? null;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    try {
      // Two tabs may come here at once: the key that is stored first counts.
      return await this.store.write(["meta"], async ({ meta }) => {
        const first = await got(meta.get(name));
        if (!first) meta.put({ name, key: made });
        return first?.key ?? made;
      });
    } catch (error) {
      // Some browsers keep no keys in private windows.
      if (error.name === "DataCloneError") return null;
      throw error;
    }
  }
}

export const keyName = (owner) => `key:${owner}`;

const bytesOf = (text) => new TextEncoder().encode(text);
const plain = (content) => (content instanceof ArrayBuffer ? content : new Uint8Array(content).buffer);
