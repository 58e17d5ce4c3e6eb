// The course of today: how many matters took each stage, and what came in and was closed by hour.
import { colour, local, now, put } from "./words.js";

const stages = new Map([...document.querySelectorAll("[data-stage]")].map((one) => [one.dataset.stage, one]));
const place = document.querySelector("[data-hours]");
let chart;

const showStages = (told) => {
  const most = Math.max(1, ...Object.values(told).map(({ n }) => n));
  for (const [key, { n, rows }] of Object.entries(told)) {
    const one = stages.get(key);
    one.firstElementChild.href = rows;
    put(one.querySelector("[data-n]"), n.toLocaleString("en"));
    one.querySelector("rect").setAttribute("width", (100 * n) / most);
  }
};

const bars = (key) => ({ id: key, type: "bar", barGap: "8%", barCategoryGap: "22%", data: [] });

// Colours and sizes; again whenever the theme or the size of the screen has changed.
export const dressCourse = () => {
  if (!chart) return;
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const text = { color: colour("--ink-soft"), fontSize: size * 0.86, fontFamily: getComputedStyle(document.body).fontFamily };
  const line = { lineStyle: { color: colour("--line-strong") } };
  chart.setOption({
    grid: { left: size * 1.9, right: size * 0.4, top: size * 0.7, bottom: size * 1.5 },
    xAxis: { axisLabel: { ...text, interval: 5 }, axisLine: line },
    yAxis: { axisLabel: text, splitLine: { lineStyle: { color: colour("--line") } } },
    series: [
      { id: "reported", itemStyle: { color: colour("--blue") } },
      { id: "closed", itemStyle: { color: colour("--accent") } },
    ],
  });
};

export const showCourse = (told) => {
  showStages(told.stages);
  if (!chart) return;
  const until = local(now()).getUTCHours();
  // Hours to come are empty, not nought.
  const of = (key) => told.hours.map((hour, at) => (at <= until ? hour[key] : null));
  chart.setOption({ series: [{ id: "reported", data: of("reported") }, { id: "closed", data: of("closed") }] }, { lazyUpdate: true });
};

export const startCourse = () => {
  chart = window.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption({
    animation: false,
    xAxis: { type: "category", data: [...Array(24).keys()].map(String), axisTick: { show: false } },
    yAxis: { type: "value", minInterval: 1, splitNumber: 2 },
    series: [bars("reported"), bars("closed")],
  });
  dressCourse();
  new ResizeObserver(() => {
    chart.resize();
    dressCourse();
  }).observe(place);
};
