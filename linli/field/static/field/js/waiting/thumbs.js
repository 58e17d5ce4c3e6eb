// Small photos of a matter. They come over the network unless the browser still has them; without, it is said how many there are.
import { fill, part, repeat } from "../filling.js";

export const showThumbs = (root, task, say) => {
  const photos = task.photos ?? [];
  let missing = 0;
  fill(root, { thumbs_missing: false });
  repeat(part(root, "thumbs"), photos, (one, { thumb, words }) => {
    const image = one.querySelector("img");
    image.alt = words ?? "";
    image.addEventListener("error", () => {
      missing += 1;
      one.remove();
      fill(root, { thumbs_missing: true, thumbs_words: say("photos_later", { n: missing }) });
    });
    image.src = thumb;
  });
};
