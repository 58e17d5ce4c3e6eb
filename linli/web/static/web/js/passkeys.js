// Passkeys: the form asks the browser to make or use one, and sends what it answers as JSON.

const FIELDS = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const keys = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function wish() {
  const { publicKey } = JSON.parse(document.getElementById("passkey-options").textContent);
  publicKey.challenge = bytes(publicKey.challenge);
  if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
  if (publicKey.excludeCredentials) publicKey.excludeCredentials = keys(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) publicKey.allowCredentials = keys(publicKey.allowCredentials);
  return { publicKey };
}

function answer(made) {
  const given = FIELDS.filter((name) => made.response[name]);
  const response = Object.fromEntries(given.map((name) => [name, text(made.response[name])]));
  return JSON.stringify({ id: made.id, rawId: text(made.rawId), type: made.type, response });
}

for (const form of document.querySelectorAll("[data-passkey]")) {
  const problem = form.querySelector("[data-passkey-problem]");
  const say = (words) => {
    problem.textContent = words;
    problem.hidden = !words;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    if (!navigator.credentials || !window.PublicKeyCredential) return say(form.dataset.missing);
    try {
      form.elements.credential.value = answer(await navigator.credentials[form.dataset.passkey](wish()));
    } catch {
      return say(form.dataset.failed);
    }
    form.submit();
  });
}
