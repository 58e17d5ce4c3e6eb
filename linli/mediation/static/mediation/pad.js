// A field to sign in: the picture and the strokes with their times go into hidden fields of the form. Whoever cannot draw
// types their name instead; without scripts that is the only way.

const pad = document.querySelector("[data-pad]");
const canvas = pad.querySelector("canvas");
const form = pad.closest("form");
const pen = canvas.getContext("2d");
let strokes = [];
let began = 0;

const point = (event) => {
  const box = canvas.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * canvas.width;
  const y = ((event.clientY - box.top) / box.height) * canvas.height;
  began ||= event.timeStamp;
  return [Math.round(x * 10) / 10, Math.round(y * 10) / 10, Math.round(event.timeStamp - began)];
};

const line = (from, to) => {
  pen.beginPath();
  pen.moveTo(from[0], from[1]);
  pen.lineTo(to[0], to[1]);
  pen.stroke();
};

const clear = () => {
  strokes = [];
  began = 0;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  keep();
};

const keep = () => {
  form.elements.image.value = strokes.length ? canvas.toDataURL("image/png") : "";
  form.elements.strokes.value = JSON.stringify(strokes);
};

canvas.addEventListener("pointerdown", (event) => {
  canvas.setPointerCapture(event.pointerId);
  strokes.push([point(event)]);
});
canvas.addEventListener("pointermove", (event) => {
  if (!canvas.hasPointerCapture(event.pointerId)) return;
  const stroke = strokes.at(-1);
  const next = point(event);
  line(stroke.at(-1), next);
  stroke.push(next);
});
canvas.addEventListener("pointerup", keep);
pad.querySelector("[data-pad-clear]").addEventListener("click", clear);
pen.lineWidth = 3;
pen.lineCap = "round";
pen.strokeStyle = "#111";
pad.hidden = false;
