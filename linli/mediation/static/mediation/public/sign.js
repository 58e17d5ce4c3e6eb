// Signing with a finger: strokes with their times go beside the picture, so that a copy can be told from a hand.
// Without this script the field is not there, and the name is typed or paper asked for.
const form = document.querySelector("[data-sign]");
const pad = form?.querySelector("[data-pad]");
const canvas = pad?.querySelector("canvas");
const MOST_POINTS = 4900;

if (canvas) {
  pad.hidden = false;
  const pen = canvas.getContext("2d");
  let strokes = [];
  let began = 0;
  let isDown = false;

  const paint = () => {
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.strokeStyle = "#10151c";
    pen.lineWidth = 6;
    pen.lineCap = pen.lineJoin = "round";
    for (const stroke of strokes) {
      pen.beginPath();
      for (const [x, y] of stroke) pen.lineTo(x, y);
      if (stroke.length === 1) pen.lineTo(stroke[0][0] + 0.1, stroke[0][1]);
      pen.stroke();
    }
  };

  // In points of the canvas, whatever its width on the page.
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * canvas.width;
    const y = ((event.clientY - box.top) / box.height) * canvas.height;
    return [Math.round(x * 10) / 10, Math.round(y * 10) / 10, Math.round(event.timeStamp - began)];
  };

  const count = () => strokes.reduce((sum, stroke) => sum + stroke.length, 0);

  canvas.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    if (!strokes.length) began = event.timeStamp;
    isDown = true;
    strokes.push([point(event)]);
    paint();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!isDown || count() >= MOST_POINTS) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) strokes.at(-1).push(point(one));
    paint();
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => (isDown = false));

  pad.querySelector("[data-clear]").addEventListener("click", () => {
    strokes = [];
    paint();
  });

  // Page.js disables the buttons of a form that is sent; what is not sent must come before it.
  form.addEventListener("submit", (event) => {
    const isTyped = form.elements.typed.value.trim() !== "";
    if (!strokes.length && !isTyped) {
      event.preventDefault();
      pad.querySelector("[data-said]").textContent = form.dataset.empty;
      return;
    }
    form.elements.image.value = strokes.length ? canvas.toDataURL("image/png") : "";
    form.elements.strokes.value = strokes.length ? JSON.stringify(strokes) : "";
  });

  // After a refusal what was drawn is there again.
  try {
    strokes = JSON.parse(form.elements.strokes.value || "[]");
  } catch {
    strokes = [];
  }
  paint();
}
