// Who sends: the phone's token of one of the staff, or of a resident who needs no account. Tokens lie sealed like everything else.

import { newId } from "./hashing.js";
import { got } from "./store.js";

const DEVICES = "/intake/v1/devices";
const TOKENS = "/intake/v1/tokens";
// A phone that is not used for 90 days is signed out; this is well before.
const RENEW_MS = 45 * 24 * 3600_000;
const AGAIN_MS = 3600_000;

export class Identity {
  constructor({ store, sealing, asking, owner, door, device_name = "" }) {
    Object.assign(this, { store, sealing, asking, owner, door, device_name });
    this.isStaff = door !== "public";
    // Until when it is not asked for a token again, since the server had a reason to give none.
    this.wait_until = 0;
  }

  // Whatever can be had to send with. An outcome that says why nothing can be sent now, or null.
  async ready() {
    const known = await this.known();
    const isOld = this.isStaff && known && Date.now() - known.given_at > RENEW_MS;
    if ((known && !isOld) || Date.now() < this.wait_until) return null;
    const outcome = await (this.isStaff ? this.register() : this.mint());
    if (outcome.kind === "kept") return known || outcome.isOurs ? null : { kind: "sign_in", code: "other_person" };
    if (known) return null;
    if (STOPS.has(outcome.kind)) return outcome;
    // Staff send with their session then, residents without a token.
    this.wait_until = Date.now() + AGAIN_MS;
    return null;
  }

  // What is added to a request. A record of a resident keeps the token it was first sent with: by it alone it is known again.
  async sender(record = null) {
    if (!this.isStaff) return { headers: bearer(record?.token ?? (await this.token())), credentials: "omit" };
    const token = await this.token();
    return token ? { headers: bearer(token), credentials: "omit" } : { headers: {}, credentials: "same-origin" };
  }

  async token() {
    return (await this.known())?.token ?? "";
  }

  async known() {
    const row = await this.store.get("meta", tokenName(this.owner));
    if (!row) return null;
    try {
      return await this.sealing.openValue(this.owner, tokenName(this.owner), row);
    } catch {
      return null;
    }
  }

  async forgetToken() {
    await this.store.write(["meta"], ({ meta }) => got(meta.delete(tokenName(this.owner))));
  }

  // The phone is signed out on the server as far as that can be reached now; it ends by itself when it is not used.
  async leave() {
    const token = await this.token();
    await this.forgetToken();
    if (!token || !this.isStaff) return true;
    const outcome = await this.asking.ask(DEVICES, {
      method: "DELETE",
      sender: { headers: bearer(token), credentials: "omit" },
      needs: "state",
    });
    return outcome.kind === "kept";
  }

  async register() {
    const installation = await this.installation();
    const outcome = await this.asking.post(DEVICES, { installation, name: this.device_name }, { needs: "token" });
    if (outcome.kind !== "kept") return outcome;
    // Somebody else may be signed in by now. Their former token has ended with this: it is kept for them, not for us.
    const person = outcome.body.person;
    await this.keep(person, outcome.body.token);
    return { ...outcome, isOurs: person === this.owner };
  }

  async mint() {
    const outcome = await this.asking.ask(TOKENS, { method: "POST", sender: { credentials: "omit" }, needs: "token" });
    if (outcome.kind === "kept") await this.keep(this.owner, outcome.body.token);
    return { ...outcome, isOurs: true };
  }

  async keep(owner, token) {
    const sealed = await this.sealing.sealValue(owner, tokenName(owner), { token, given_at: Date.now() });
    await this.store.put("meta", { name: tokenName(owner), ...sealed });
  }

  // One number for the app on this phone, whoever uses it.
  installation() {
    return this.store.write(["meta"], async ({ meta }) => {
      const known = await got(meta.get("installation"));
      if (known) return known.id;
      const id = newId();
      meta.put({ name: "installation", id });
      return id;
    });
  }
}

// Reasons that say nothing of the token: the line, or the sign-in.
const STOPS = new Set(["offline", "portal", "sign_in"]);

export const tokenName = (owner) => `token:${owner}`;
const bearer = (token) => (token ? { Authorization: `Bearer ${token}` } : {});
