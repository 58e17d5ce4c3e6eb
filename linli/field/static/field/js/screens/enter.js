// Nobody is known on this phone yet: sign in once, or report without.
import { fill, part } from "../filling.js";

export default (root, app) => {
  part(root, "sign_in").href = document.body.dataset.signIn;
  fill(root, { offline: app.trouble === "offline", no_storage: app.trouble === "no_storage" });
};
