// What is kept on this phone: IndexedDB, opened when it is needed and anew when the browser has closed it.

export const NAME = "linli-field";

// Each adds to what is there and takes nothing away: a full outbox lives through every one, and an older app finds its own
// in a newer store. Never edit one that was released; add another.
export const UPGRADES = [
  (db) => {
    for (const name of ["records", "receipts"]) db.createObjectStore(name, { keyPath: "id" }).createIndex("owner", "owner");
    const blobs = db.createObjectStore("blobs", { keyPath: ["record", "key"] });
    blobs.createIndex("owner", "owner");
    blobs.createIndex("record", "record");
    db.createObjectStore("meta", { keyPath: "name" });
    db.createObjectStore("reference", { keyPath: "name" });
  },
];

export class Store {
  constructor({ name = NAME, upgrades = UPGRADES } = {}) {
    this.name = name;
    this.upgrades = upgrades;
    this.opening = null;
  }

  // One transaction over these stores: all of what `work` asks is done, or nothing. `work` gets the stores by name, asks them
  // with `got`, and awaits nothing else: IndexedDB ends a transaction that waits. Its result is there once the disk has it.
  async run(names, mode, work) {
    const opened = await this.transaction(names, mode);
    const stores = Object.fromEntries(names.map((name) => [name, opened.objectStore(name)]));
    const ended = new Promise((yes, no) => {
      opened.oncomplete = () => yes();
      opened.onabort = () => no(opened.error ?? new DOMException("aborted", "AbortError"));
    });
    ended.catch(() => {});
    let result;
    try {
      result = await work(stores);
    } catch (error) {
      try {
        opened.abort();
      } catch {
        // It has ended by itself, with an error of its own.
      }
      await ended.catch(() => {});
      throw opened.error ?? error;
    }
    await ended;
    return result;
  }

  read(names, work) {
    return this.run(names, "readonly", work);
  }

  write(names, work) {
    return this.run(names, "readwrite", work);
  }

  get(store, key) {
    return this.read([store], (stores) => got(stores[store].get(key)));
  }

  put(store, value) {
    return this.write([store], (stores) => got(stores[store].put(value)));
  }

  all(store, index, key) {
    return this.read([store], (stores) => got(index ? stores[store].index(index).getAll(key) : stores[store].getAll()));
  }

  async close() {
    const opening = this.opening;
    this.opening = null;
    (await opening?.catch(() => null))?.close();
  }

  async transaction(names, mode) {
    for (const isLast of [false, true]) {
      const db = await this.open();
      try {
        return db.transaction(names, mode, { durability: "strict" });
      } catch (error) {
        // WebKit closes connections in the background and says so only now.
        if (isLast || error.name !== "InvalidStateError") throw error;
        this.opening = null;
      }
    }
  }

  open() {
    this.opening ??= this.opened().catch((error) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }

  async opened() {
    const db = await this.connected(this.upgrades.length).catch((error) => {
      // A newer app was here before. It only added: what this one knows is there.
      if (error.name === "VersionError") return this.connected(undefined);
      throw error;
    });
    const forget = () => {
      this.opening = null;
    };
    db.onclose = forget;
    // Another tab brings a newer app: give way, and open anew with the next transaction.
    db.onversionchange = () => {
      db.close();
      forget();
    };
    return db;
  }

  connected(version) {
    return new Promise((yes, no) => {
      const asked = indexedDB.open(this.name, version);
      asked.onupgradeneeded = ({ oldVersion }) => {
        for (const upgrade of this.upgrades.slice(oldVersion)) upgrade(asked.result, asked.transaction);
      };
      asked.onsuccess = () => yes(asked.result);
      asked.onerror = () => no(asked.error);
    });
  }
}

// What an IndexedDB request answers.
export const got = (request) =>
  new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });
