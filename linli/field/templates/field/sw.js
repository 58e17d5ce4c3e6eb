{% load field_shell i18n static %}// Keeps the app itself on the phone: its page, scripts, styles and icons, under one version. Nothing else: what is on the
// screens comes from IndexedDB; pages of the desk, of mediation and of cameras pass by untouched, and are never kept here.
const VERSION = "{% field_version %}";
const CACHE = `linli-field-${VERSION}`;
// Which language this phone reads. Not of a version: it outlives them.
const CHOICE = "linli-field-choice";
const PAGES = ["/m/", "/m/report"];
const LANGUAGES = ["zh-hans", "en"];
const FILES = [{% field_files as files %}{% for file in files %}
  "{{ file|escapejs }}",{% endfor %}
];
// Kept when they are first asked for: the map is larger than all the rest, and many never open it.
const LATER = /\/static\/vendor\/maplibre-gl[\w.-]*$/;

const pageOf = (path, language) => `${path}?language=${language}`;

self.addEventListener("install", (event) => {
  const pages = PAGES.flatMap((path) => LANGUAGES.map((language) => pageOf(path, language)));
  // Past the browser's own cache: a file of the former version would stay in this one for good.
  const fresh = [...FILES, ...pages].map((address) => new Request(address, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

self.addEventListener("activate", (event) => {
  const former = (name) => name.startsWith("linli-field-") && name !== CACHE && name !== CHOICE;
  event.waitUntil(
    caches.keys()
      .then((names) => Promise.all(names.filter(former).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("message", (event) => {
  // The new version waits until the person says so: a report half written is not taken away under their hands.
  if (event.data === "change") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && PAGES.includes(url.pathname)) event.respondWith(page(url));
  else if (FILES.includes(url.pathname)) event.respondWith(kept(request));
  else if (LATER.test(url.pathname)) event.respondWith(keptLater(request));
});

const kept = async (request) => {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
};

const keptLater = async (request) => {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request);
  if (found) return found;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
};

const page = async (url) => {
  const cache = await caches.open(CACHE);
  const found = await cache.match(pageOf(url.pathname, url.searchParams.get("language") ?? (await language())));
  return found ?? fetch(url.href);
};

const language = async () => {
  const chosen = await (await caches.open(CHOICE)).match("/m/language");
  const told = chosen ? await chosen.text() : LANGUAGES[0];
  return LANGUAGES.includes(told) ? told : LANGUAGES[0];
};

// What is pushed to this phone: a sentence and a page of this app. A repeat has the same tag and takes the place of the first.
const pushed = (data) => {
  try {
    return data.json();
  } catch {
    // A browser shows words of its own where nothing is shown.
    return { title: "{% translate 'linli' %}", link: "/m/" };
  }
};

self.addEventListener("push", (event) => {
  const { title, link, tag } = pushed(event.data);
  event.waitUntil(self.registration.showNotification(title, { tag, data: { link }, icon: "{% static 'field/icons/192.png' %}", lang: "{{ LANGUAGE_CODE }}" }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { link } = event.notification.data;
  if (link && new URL(link, self.location).origin === self.location.origin) event.waitUntil(opened(new URL(link, self.location)));
});

// In the app where that is open already, so that nobody has it twice; else it is opened.
const opened = async (url) => {
  const windows = await self.clients.matchAll({ type: "window" });
  const app = windows.find((one) => new URL(one.url).pathname === url.pathname);
  if (!app) return self.clients.openWindow(url.href);
  await app.navigate(url.href);
  return app.focus();
};
