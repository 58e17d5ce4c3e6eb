// "Is it this one?": what was reported nearby, with what helps to know it again; one tap says yes.
import { fill, part, repeat } from "../filling.js";
import { say } from "../words.js";

/** Shows the candidates `{number, title, distance_m, age_words, state_words, thumb}`; `chosen(candidate)` is called at the tap. */
export const showAlike = (place, candidates, chosen) =>
  repeat(place, candidates, (row, one) => {
    const distance = one.distance_m === undefined || one.distance_m === null ? "" : say("metres", { n: Math.round(one.distance_m) });
    fill(row, { title: one.title || one.number, about: [distance, one.age_words, one.state_words].filter(Boolean).join(" · ") });
    if (one.thumb) Object.assign(part(row, "thumb"), { src: one.thumb, hidden: false });
    const button = part(row, "join");
    button.setAttribute("aria-label", `${button.textContent} ${one.title || one.number}`);
    button.addEventListener("click", () => {
      button.disabled = true;
      chosen(one);
    });
  });
