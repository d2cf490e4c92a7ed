/** The picture of a printed page with the quoted lines outlined, to be zoomed and moved. */

import { blob } from "./api.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";

const SVG = "http://www.w3.org/2000/svg";
const STEP = 1.5;
const FARTHEST = 8;
const SIDE = 1600;
const FINE = 3200;

/**
 * Return the picture of the page of document `id` that the first of `boxes` stands on, with those on it outlined.
 *
 * `boxes` are `{page, x, y, width, height, …}` in fractions of the page. Throws `Problem` where there is no picture.
 */
export async function facsimile(id, boxes) {
  const page = boxes[0].page;
  const here = boxes.filter((box) => box.page === page);
  const image = el("img", { alt: t("pageImageOf", page), draggable: "false" });
  image.src = await picture(id, page, SIDE);
  const sheet = el("div", { class: "sheet" }, image, outlines(here));
  const view = el("div", { class: "sheet-view", tabindex: "0", role: "region", "aria-label": t("pageImageOf", page) }, sheet);
  let zoom = 1;
  let fine = false;

  const show = (wanted, focus = centre(here)) => {
    zoom = Math.min(FARTHEST, Math.max(1, wanted));
    sheet.style.width = `${zoom * 100}%`;
    view.scrollLeft = focus.x * sheet.offsetWidth - view.clientWidth / 2;
    view.scrollTop = focus.y * sheet.offsetHeight - view.clientHeight / 2;
    if (zoom > 2 && !fine) {
      fine = true;
      picture(id, page, FINE).then((address) => (image.src = address), () => {}); // the coarse one will do
    }
  };
  const middle = () => ({
    x: (view.scrollLeft + view.clientWidth / 2) / sheet.offsetWidth,
    y: (view.scrollTop + view.clientHeight / 2) / sheet.offsetHeight,
  });
  const button = (name, sign, click) => el("button", { type: "button", class: "quiet", "aria-label": t(name), click }, sign);
  const tools = el(
    "div",
    { class: "tools" },
    button("zoomOut", "−", () => show(zoom / STEP, middle())),
    button("zoomIn", "+", () => show(zoom * STEP, middle())),
    button("wholePage", "⤢", () => show(1)),
  );
  view.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "=") show(zoom * STEP, middle());
    else if (event.key === "-") show(zoom / STEP, middle());
    else if (event.key.startsWith("Arrow")) event.stopPropagation(); // moves the page, not to the next source
  });
  view.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      show(event.deltaY < 0 ? zoom * STEP : zoom / STEP, middle());
    },
    { passive: false },
  );
  movable(view);
  const whole = el("figure", { class: "facsimile" }, tools, view);
  // Wide enough to read the lines that are quoted, once it has a size.
  requestAnimationFrame(() => show(Math.min(3, 0.6 / Math.max(0.2, extent(here)))));
  return whole;
}

/** Return the picture as an address that the page's policy lets an image have. */
async function picture(id, page, side) {
  const data = await blob(`/api/documents/${encodeURIComponent(id)}/pages/${page}.png?side=${side}`);
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(data);
  });
}

function outlines(boxes) {
  const svg = document.createElementNS(SVG, "svg");
  const set = (element, attributes) => Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, String(value)));
  set(svg, { viewBox: "0 0 1 1", preserveAspectRatio: "none", "aria-hidden": "true" });
  for (const { x, y, width, height } of boxes) {
    const outline = document.createElementNS(SVG, "rect");
    set(outline, { x, y, width, height });
    svg.append(outline);
  }
  return svg;
}

const centre = (boxes) => ({
  x: (Math.min(...boxes.map(({ x }) => x)) + Math.max(...boxes.map(({ x, width }) => x + width))) / 2,
  y: (Math.min(...boxes.map(({ y }) => y)) + Math.max(...boxes.map(({ y, height }) => y + height))) / 2,
});

/** The share of the page's width that the boxes take. */
const extent = (boxes) => Math.max(...boxes.map(({ x, width }) => x + width)) - Math.min(...boxes.map(({ x }) => x));

/** Let `view` be moved by dragging it with a mouse; fingers scroll it as they do anything. */
function movable(view) {
  view.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button) return;
    view.setPointerCapture(event.pointerId);
  });
  view.addEventListener("pointermove", (event) => {
    if (!view.hasPointerCapture(event.pointerId)) return;
    view.scrollLeft -= event.movementX;
    view.scrollTop -= event.movementY;
  });
}
