/** Source text on the page. Offsets are Unicode code points, as everywhere in gazette; JavaScript's strings count otherwise. */

import { el } from "./dom.js";

const HAN = /\p{Script=Han}/u;

/** The `lang` of a text, so that fonts, line breaks and speech fit it. */
export const languageOf = (text) => (HAN.test(text) ? "zh-Hans" : "en");

/**
 * The code points of `text`, with nothing or a blank in the place of each character of a line break: between Chinese
 * characters a break goes without a trace, as in print.
 */
function unbroken(text) {
  const points = Array.from(text);
  for (const gap of text.matchAll(/\s*[\n\r]\s*/g)) {
    const at = Array.from(text.slice(0, gap.index)).length;
    points.fill("", at, at + gap[0].length);
    if (!(wide(text[gap.index - 1]) && wide(text[gap.index + gap[0].length]))) points[at] = " ";
  }
  return points;
}

/** `text` on one line. */
export const oneLine = (text) => unbroken(text.trim()).join("");

const wide = (character) => /[\p{Script=Han}\u3000-\u303f\uff00-\uffef“”‘’…—]/u.test(character);

/** The beginning of an article or of a passage as running words: without marks of Markdown, and without its title. */
export function excerpt(text, title) {
  const words = text.replace(/^#{1,6}[ \t]+|\*\*/gm, "").trim();
  return oneLine(words.startsWith(title) ? words.slice(title.length) : words);
}

/**
 * Return the blocks of `text`, one for each line, which together hold all of it and nothing else.
 *
 * `text` begins at `offset` of the original. `marks` are `{start, end, kind}` in the original, `kind` being "evidence" or
 * "answer" (inside evidence) of what is open, "also" or "also-answer" of other places, "found" for words searched for, or
 * "unsure". Marks of Markdown, which the archive's pages carry, set the type and are not shown. A line that is the
 * `title` is a headline.
 */
export function typeset(text, offset, marks, title = "") {
  const blocks = [];
  let at = offset;
  for (const line of text.split(/(?<=\n)/)) {
    const points = Array.from(line);
    blocks.push(block(line, points, at, marks, title));
    at += points.length;
  }
  return blocks;
}

function block(line, points, start, marks, title) {
  const end = start + points.length;
  const syntax = [];
  const strong = [];
  const offset = (index) => start + Array.from(line.slice(0, index)).length;
  const hide = (from, to) => syntax.push({ start: offset(from), end: offset(to) });
  const lead = /^(?:(#{1,6})[ \t]+|([-*+])[ \t]+)/.exec(line);
  if (lead) hide(0, lead[0].length);
  for (const bold of line.matchAll(/\*\*(?=\S)(.+?)(?<=\S)\*\*/g)) {
    const [from, to] = [bold.index, bold.index + bold[0].length];
    hide(from, from + 2);
    hide(to - 2, to);
    strong.push({ start: offset(from), end: offset(to) });
  }
  const stray = /(?<!\*\*.*)\*\*\s*$/.exec(line); // a scanned list keeps the end of bold type without its beginning
  if (stray) hide(stray.index, stray.index + 2);
  const ranges = [...syntax, ...strong, ...marks];
  const cuts = ranges.flatMap((range) => [range.start, range.end]).filter((cut) => cut > start && cut < end);
  const limits = [...new Set([start, ...cuts, end])].sort((a, b) => a - b);
  const headline = lead?.[1] || line.trim() === title.trim();
  const parent = line.trim() && headline ? el("h3") : el("p", { class: line.trim() ? null : "blank" });
  let wrapper = null;
  for (let index = 0; index + 1 < limits.length; index += 1) {
    const [from, to] = [limits[index], limits[index + 1]];
    const within = (range) => range.start <= from && to <= range.end;
    const kinds = new Set(marks.filter(within).map((mark) => mark.kind));
    const words = points.slice(from - start, to - start).join("");
    let node = document.createTextNode(words);
    if (syntax.some(within)) node = el("span", { class: "syntax" }, node);
    else if (strong.some(within)) node = el("b", {}, node);
    const inner = ["answer", "also-answer", "found"].find((kind) => kinds.has(kind));
    if (inner) node = el("mark", { class: inner }, node);
    if (kinds.has("unsure")) node = el("span", { class: "unsure" }, node);
    const outer = ["evidence", "also"].find((kind) => kinds.has(kind));
    if (!outer) wrapper = null;
    else if (wrapper?.className !== outer) parent.append((wrapper = el("mark", { class: outer })));
    (wrapper ?? parent).append(node);
  }
  return parent;
}

/** Where the words of `query`, which blanks part, stand in `text`: `[start, end]` in code points, ascending and apart. */
export function findWords(text, query) {
  const points = Array.from(text, (character) => character.normalize("NFKC").toLowerCase().charAt(0));
  const plain = points.join("");
  const found = [];
  for (const word of new Set(query.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean))) {
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + word.length)) found.push([at, at + word.length]);
  }
  found.sort((a, b) => a[0] - b[0]);
  return found.filter(([start], index) => index === 0 || start >= Math.max(...found.slice(0, index).map(([, end]) => end)));
}

/** `text` with `spans`, `[start, end]` in code points, marked as words that were searched for. */
export function highlighted(text, spans) {
  const points = Array.from(text);
  const nodes = [];
  let at = 0;
  for (const [start, end] of spans) {
    nodes.push(points.slice(at, start).join(""), el("mark", { class: "found" }, points.slice(start, end).join("")));
    at = end;
  }
  return [...nodes, points.slice(at).join("")].filter((node) => node !== "");
}

/** The words of a quote, on one line, with the answers in it (`{start, end, text}`, original offsets) marked. */
export function quotation(citation, answers) {
  if (citation.shown) return shownQuotation(oneLine(citation.shown), answers);
  const points = unbroken(citation.quote);
  const cut = (from, to) => points.slice(Math.max(0, from - citation.start), Math.max(0, to - citation.start)).join("");
  const nodes = [];
  let at = citation.start;
  for (const { start, end } of [...answers].sort((a, b) => a.start - b.start)) {
    if (start < at) continue;
    nodes.push(cut(at, start), el("b", {}, cut(start, end)));
    at = end;
  }
  return [...nodes, cut(at, citation.end)].filter((node) => node !== "");
}

/** A quote of a page in markup: offsets count in what is not shown, so that the answers are looked for by their words. */
function shownQuotation(shown, answers) {
  const found = answers.map(({ text }) => ({ text, at: shown.indexOf(text) })).filter(({ at }) => at >= 0);
  const nodes = [];
  let reached = 0;
  for (const { text, at } of found.sort((a, b) => a.at - b.at)) {
    if (at < reached) continue;
    nodes.push(shown.slice(reached, at), el("b", {}, text));
    reached = at + text.length;
  }
  return [...nodes, shown.slice(reached)].filter((node) => node !== "");
}
