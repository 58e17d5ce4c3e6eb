// Shows what this home pushes, and opens its page. A repeat has the same tag, and takes the place of the first.
self.addEventListener("push", (event) => {
  const { title, link, tag } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { tag, data: { link } }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { link } = event.notification.data;
  if (link && new URL(link).origin === self.location.origin) event.waitUntil(self.clients.openWindow(link));
});
