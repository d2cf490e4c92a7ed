/** Source text as a reader sees it, with marks that are given in offsets of the original. */

import { el } from "./dom.js";
import { languageOf, typeset } from "./text.js";

/**
 * Return a function from an offset of the original to one in what is shown: of the first character at or after it.
 *
 * `runs` are `[shown, original, length, width]`, ascending.
 */
export function shownOffset(runs) {
  return (offset) => {
    let [low, high] = [0, runs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (runs[middle][1] <= offset) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return 0;
    const [shown, original, length] = runs[low - 1];
    return shown + Math.min(length, offset - original);
  };
}

/** The words of `part`, `{text, start, shown, runs, unsure}`, between two offsets of the original. */
export function wordsBetween(part, start, end) {
  if (part.shown === null) return Array.from(part.text).slice(start - part.start, end - part.start).join("");
  const at = shownOffset(part.runs);
  return Array.from(part.shown).slice(at(start), at(end)).join("");
}

/**
 * The element of `part` with `marks` (`{start, end, kind}`), lines that recognition was not sure of among them, and
 * `words`, which are `[start, end]` in what is shown.
 */
export function original(part, marks, title, words = []) {
  const unsure = part.unsure.map(([start, end]) => ({ start, end, kind: "unsure" }));
  const text = part.shown ?? part.text;
  const offset = part.shown === null ? part.start : 0;
  const at = part.shown === null ? (place) => place : shownOffset(part.runs);
  const placed = [...marks, ...unsure].map(({ start, end, kind }) => ({ start: at(start), end: at(end), kind }));
  const found = words.map(([start, end]) => ({ start: start + offset, end: end + offset, kind: "found" }));
  return el("div", { class: "original", lang: languageOf(text) }, ...typeset(text, offset, [...placed, ...found], title));
}

/** Whether recognition was unsure of any line that `[start, end)` touches. */
export const isUnsure = (part, start, end) => part.unsure.some(([first, last]) => first < end && last > start);
