// Every change, told to the listeners of this tab and of the others; and the number on the app's icon.

const CHANNEL = "linli-field";

export class Telling {
  // `read(id)` gives a record as it is shown now, or null.
  constructor(owner, read) {
    Object.assign(this, { owner, read, listeners: new Set() });
    this.channel = globalThis.BroadcastChannel ? new BroadcastChannel(CHANNEL) : null;
    if (this.channel) this.channel.onmessage = ({ data }) => data.owner === owner && this.hear(data);
  }

  on(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  // In this tab at once, in the others by its id: what they show they read themselves.
  tell(record) {
    this.channel?.postMessage({ owner: this.owner, id: record?.id ?? null, state: record?.state ?? null });
    this.call(record);
  }

  async hear({ id, state }) {
    const record = id && ((await this.read(id).catch(() => null)) ?? { id, owner: this.owner, state: state ?? "discarded" });
    this.call(record || null);
  }

  call(record) {
    for (const listener of [...this.listeners]) {
      try {
        listener(record);
      } catch (error) {
        // A screen that fails must not keep the queue from being sent.
        globalThis.reportError?.(error);
      }
    }
  }

  close() {
    this.channel?.close();
    this.listeners.clear();
  }
}

export const badge = (count) => {
  const set = count ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.();
  set?.catch?.(() => {});
};
