// Lets this browser ring: asks it, subscribes with the key of this home, and tells the server what it said.
const place = document.querySelector("[data-push]");
const said = place.querySelector("[data-push-said]");
const button = place.querySelector("[data-push-ask]");

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));

const subscribe = async () => {
  const registration = await navigator.serviceWorker.register(place.dataset.pushWorker);
  const key = bytes(place.dataset.pushKey);
  return (
    (await registration.pushManager.getSubscription()) ??
    registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key })
  );
};

const keep = async (subscription) => {
  const { endpoint, keys } = subscription.toJSON();
  const form = new FormData();
  for (const [name, value] of Object.entries({ endpoint, ...keys })) form.set(name, value);
  form.set("csrfmiddlewaretoken", place.querySelector("[name=csrfmiddlewaretoken]").value);
  const answer = await fetch(place.dataset.push, { method: "POST", body: form });
  if (answer.ok) return location.reload();
  said.textContent = (await answer.json()).error.message;
};

button.addEventListener("click", async () => {
  button.disabled = true;
  said.textContent = "";
  try {
    if (!("serviceWorker" in navigator) || !("PushManager" in window)) said.textContent = place.dataset.pushNo;
    else if ((await Notification.requestPermission()) !== "granted") said.textContent = place.dataset.pushDenied;
    else await keep(await subscribe());
  } catch {
    said.textContent = place.dataset.pushNo;
  } finally {
    button.disabled = false;
  }
});
