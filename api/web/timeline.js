/** How many articles there are when: bars that a range can be dragged on, and two sliders that do the same. */

import { el } from "./dom.js";
import { t } from "./i18n.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 48;
const MOST_MONTHS = 150;

/** Return the bars' `{value, count}` without gaps: days, months or years (`2021-10-13`, `2021-10`, `2021`). */
export function buckets({ months, days }) {
  if (days.length > 1) return filled(days, nextDay);
  const dated = months.filter(({ value }) => value.length === 7);
  if (!dated.length) return [];
  const all = filled(dated, nextMonth);
  if (all.length <= MOST_MONTHS) return all;
  const years = new Map();
  for (const { value, count } of months) years.set(value.slice(0, 4), (years.get(value.slice(0, 4)) ?? 0) + count);
  return filled([...years].map(([value, count]) => ({ value, count })), (year) => String(Number(year) + 1).padStart(4, "0"));
}

/** Return the first and the last day of a day, a month or a year. */
export function daysOf(value) {
  const [year, month, day] = value.split("-");
  if (day) return [value, value];
  if (!month) return [`${year}-01-01`, `${year}-12-31`];
  const last = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return [`${value}-01`, `${value}-${String(last).padStart(2, "0")}`];
}

/** The timeline of `facets` between `from` and `to`; `choose(from, to)` is called with days. */
export function timeline(facets, from, to, choose) {
  const bars = buckets(facets);
  if (bars.length < 2) return null;
  const at = (day, fallback) => {
    const found = bars.findIndex(({ value }) => daysOf(value)[1] >= day);
    return day && found >= 0 ? found : fallback;
  };
  let range = [at(from, 0), Math.min(at(to, bars.length - 1), bars.length - 1)];
  const svg = drawn("svg", { viewBox: `0 0 ${bars.length} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  const highest = Math.max(...bars.map(({ count }) => count));
  const shapes = bars.map(({ value, count }, index) => {
    const height = count ? Math.max(1.5, (count / highest) * (HEIGHT - 2)) : 0;
    const bar = drawn("rect", { x: index + 0.1, y: HEIGHT - height, width: 0.8, height });
    bar.append(drawn("title", {}, `${value}: ${t("articles", count)}`));
    return bar;
  });
  svg.append(...shapes);
  const caption = el("output", { class: "range" });
  const sliders = ["timelineFrom", "timelineTo"].map((name, side) => {
    const input = el("input", { type: "range", min: "0", max: String(bars.length - 1), "aria-label": t(name) });
    input.addEventListener("input", () => {
      range[side] = Number(input.value);
      draw();
    });
    input.addEventListener("change", () => chosen());
    return input;
  });

  function draw() {
    const [first, last] = [Math.min(...range), Math.max(...range)];
    shapes.forEach((shape, index) => shape.classList.toggle("outside", index < first || index > last));
    sliders.forEach((slider, side) => {
      slider.value = String(range[side]);
      slider.setAttribute("aria-valuetext", bars[range[side]].value);
    });
    caption.textContent = `${bars[first].value} – ${bars[last].value}`;
  }

  function chosen() {
    const [first, last] = [Math.min(...range), Math.max(...range)];
    if (first === 0 && last === bars.length - 1) choose("", "");
    else choose(daysOf(bars[first].value)[0], daysOf(bars[last].value)[1]);
  }

  const barAt = (event) => {
    const box = svg.getBoundingClientRect();
    return Math.max(0, Math.min(bars.length - 1, Math.floor(((event.clientX - box.left) / box.width) * bars.length)));
  };
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    range = [barAt(event), barAt(event)];
    draw();
    event.preventDefault();
  });
  svg.addEventListener("pointermove", (event) => {
    if (!svg.hasPointerCapture(event.pointerId)) return;
    range[1] = barAt(event);
    draw();
  });
  svg.addEventListener("pointerup", () => chosen());
  draw();
  return el("div", { class: "timeline", role: "group", "aria-label": t("timeline") }, svg, el("div", { class: "sliders" }, sliders), caption);
}

/** The values from the first to the last, those between them that nothing is counted for with 0. */
function filled(counts, next) {
  const known = new Map(counts.map(({ value, count }) => [value, count]));
  const last = counts.at(-1).value;
  const all = [];
  for (let value = counts[0].value; value <= last && all.length < 4000; value = next(value)) {
    all.push({ value, count: known.get(value) ?? 0 });
  }
  return all;
}

function nextMonth(value) {
  const [year, month] = value.split("-").map(Number);
  return month === 12 ? `${String(year + 1).padStart(4, "0")}-01` : `${value.slice(0, 4)}-${String(month + 1).padStart(2, "0")}`;
}

function nextDay(value) {
  const day = new Date(`${value}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}

function drawn(tag, attributes, text = "") {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text) element.textContent = text;
  return element;
}
