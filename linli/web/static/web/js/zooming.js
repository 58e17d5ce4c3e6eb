// A picture larger and smaller again, around the middle of what is in sight.
const STEPS = [1, 1.5, 2, 3, 4];

export function zoomed(stage, larger, smaller) {
  const scroll = stage.parentElement;
  let step = 0;
  let fit = 0;

  const turn = (by) => {
    if (step === 0) fit = stage.clientWidth;
    const before = STEPS[step];
    step = Math.min(Math.max(step + by, 0), STEPS.length - 1);
    const factor = STEPS[step] / before;
    const middle = [scroll.scrollLeft + scroll.clientWidth / 2, scroll.scrollTop + scroll.clientHeight / 2];
    stage.classList.toggle("larger", step > 0);
    stage.style.width = step > 0 ? `${fit * STEPS[step]}px` : "";
    scroll.scrollTo(middle[0] * factor - scroll.clientWidth / 2, middle[1] * factor - scroll.clientHeight / 2);
    tell();
  };
  const tell = () => {
    larger.disabled = step === STEPS.length - 1;
    smaller.disabled = step === 0;
  };
  larger.addEventListener("click", () => turn(1));
  smaller.addEventListener("click", () => turn(-1));
  tell();
}
