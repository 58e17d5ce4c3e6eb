// Recorders of browsers write WebM without saying how long it is: the player is taken to its end once, and knows it from then on.
const FAR_S = 1e7;

document.addEventListener(
  "loadedmetadata",
  ({ target: sound }) => {
    if (!sound.matches("[data-voice]") || sound.duration !== Infinity) return;
    const isPlaying = !sound.paused;
    sound.pause();
    const measured = () => {
      if (sound.duration === Infinity) return;
      sound.removeEventListener("durationchange", measured);
      sound.currentTime = 0;
      if (isPlaying) sound.play();
    };
    sound.addEventListener("durationchange", measured);
    sound.currentTime = FAR_S;
  },
  true,
);
