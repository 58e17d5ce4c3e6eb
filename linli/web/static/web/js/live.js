// What others do, told by the server as it happens. All windows of a browser share one stream, since a browser has but six
// connections to a host: the window that holds the lock listens, and passes on what it hears. Hidden windows let go of it,
// and ask for what they missed as soon as they are seen again. Others hear of it as events of the document, `live:…`.

const PATIENCE_MS = 20_000; // a connection that is away no longer than this is nobody's trouble
const JUST_NOW_MS = 10_000; // a page takes no longer to load
const AGAIN_MS = [5_000, 120_000];
const place = document.querySelector("[data-live]");
const address = new URL(place.dataset.live, location.href);
const name = `linli ${address.pathname}${address.search}`;
const windows = new BroadcastChannel(name);

const button = (label, press) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = label;
  made.addEventListener("click", press);
  return made;
};

// A quiet sentence at the edge of the page, read aloud politely, with something to press or without; it stays until it is removed.
export const note = (words, label, press) => {
  const line = document.createElement("p");
  line.className = "toast";
  line.append(words);
  if (label) line.append(button(label, press));
  const close = button("×", () => line.remove());
  close.ariaLabel = place.dataset.liveClose;
  line.append(close);
  document.querySelector(".toasts").append(line);
  return line;
};

let after = place.dataset.liveAfter; // how far this window has heard
let heard = { at: -Infinity };
let isLeading = false;
let lost, patience;

const stand = (isUp) => {
  if (isUp) {
    patience = clearTimeout(patience);
    lost = lost?.remove();
  } else {
    patience ??= setTimeout(() => (lost = note(place.dataset.liveLost)), PATIENCE_MS);
  }
};

const hear = (message) => {
  if (message.name === "up" || message.name === "down") stand(message.name === "up");
  if (message.after) after = message.after;
  document.dispatchEvent(new CustomEvent(`live:${message.name}`, { detail: message.told }));
};

const pass = (message) => {
  if (message.after) heard = { at: performance.now(), message };
  hear(message);
  windows.postMessage(message);
};

windows.addEventListener("message", ({ data }) => {
  if (data.name !== "came") hear(data);
  // Whoever has just come may have missed what was told while their page was on its way.
  else if (isLeading && performance.now() - heard.at < JUST_NOW_MS) windows.postMessage(heard.message);
});

const listen = (leaving) =>
  new Promise((done) => {
    let stream, again;
    let pause = AGAIN_MS[0];
    const open = () => {
      address.searchParams.set("after", after);
      stream = new EventSource(address);
      stream.onopen = () => {
        pause = AGAIN_MS[0];
        pass({ name: "up" });
      };
      stream.onerror = () => {
        pass({ name: "down" });
        if (stream.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
        again = setTimeout(open, pause * (1 + Math.random()));
        pause = Math.min(2 * pause, AGAIN_MS[1]);
      };
      for (const name of ["queue", "notices", "matter"]) {
        stream.addEventListener(name, (event) => pass({ name, told: JSON.parse(event.data), after: event.lastEventId }));
      }
    };
    const leave = () => {
      clearTimeout(again);
      stream?.close();
      isLeading = false;
      done();
    };
    leaving.addEventListener("abort", leave);
    isLeading = !leaving.aborted;
    if (isLeading) open();
    else done();
  });

let leaving = new AbortController();
const join = () => {
  leaving = new AbortController();
  const { signal } = leaving;
  // Without locks (an address without https, an old browser) every window that is seen listens for itself.
  if (navigator.locks) navigator.locks.request(name, { signal }, () => listen(signal)).catch(() => {});
  else listen(signal);
  windows.postMessage({ name: "came" });
};

const seen = () => {
  leaving.abort();
  if (document.hidden) stand(true);
  else join();
};
document.addEventListener("visibilitychange", seen);
addEventListener("pagehide", () => leaving.abort());
addEventListener("pageshow", (event) => event.persisted && seen());
seen();

document.addEventListener("live:notices", ({ detail: { unread } }) => {
  const badge = document.querySelector("[data-unread]");
  if (!badge) return;
  badge.hidden = !unread;
  badge.textContent = unread > 99 ? "99+" : unread;
});
