// Words and times as the wall writes them. The words come from the page; the time is the server's, whatever this clock says.

export const wall = document.querySelector("[data-wall]");
const words = wall.dataset;
let server = { at: Date.now(), zone: 0, heard: performance.now() };

// Changes the text of an element without making a new node.
export const put = (element, text) => {
  const node = element.firstChild;
  if (node?.nodeType !== Node.TEXT_NODE || node.nextSibling) element.textContent = text;
  else if (node.data !== text) node.data = text;
};

const zoneOf = (iso) => {
  const found = /([+-])(\d\d):(\d\d)$/.exec(iso);
  return found ? (found[1] === "-" ? -1 : 1) * (60 * found[2] + Number(found[3])) * 60_000 : 0;
};

export const setClock = (iso) => (server = { at: Date.parse(iso), zone: zoneOf(iso), heard: performance.now() });
export const now = () => server.at + performance.now() - server.heard;
// The same as a date whose UTC parts are those of the home.
export const local = (moment) => new Date(moment + server.zone);
export const clock = (moment) => local(moment).toISOString().slice(11, 19);

const say = (template, n) => template.replace("{n}", n);

// A length in its two largest units, from seconds.
export const span = (seconds) => {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return say(words.second, Math.max(0, Math.floor(seconds)));
  if (minutes < 60) return say(words.minute, minutes);
  if (minutes < 1440) return `${say(words.hour, Math.floor(minutes / 60))} ${say(words.minute, minutes % 60)}`;
  return `${say(words.day, Math.floor(minutes / 1440))} ${say(words.hour, Math.floor((minutes % 1440) / 60))}`;
};

export const due = (iso) => {
  if (!iso) return { words: words.noLimit, late: false };
  const left = Date.parse(iso) - now();
  return { words: (left < 0 ? words.over : words.left).replace("{span}", span(Math.abs(left) / 1000)), late: left < 0 };
};

// A colour of the style sheet as canvases understand it; those of `light-dark()` are known only where they are used.
const probe = document.createElement("i");
probe.hidden = true;
wall.append(probe);
export const colour = (name) => {
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color;
};
