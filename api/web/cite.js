/** A quote as reference lists want it, and as a permanent link. */

import { languageOf, oneLine } from "./text.js";

const ROLES = /^(?:本报|本刊)?(?:首席|见习|实习|特约|全媒体)?(?:记者|通讯员|编辑|评论员|摄影|作者|文\/?)$/;
const SHORT = { document_id: "d", start: "s", end: "e", answer_start: "as", answer_end: "ae", sha256: "h" };
const DIGEST = 12;

/** Return the address of a quote: the document, where the words stand in it, and what the file was. */
export function permalink(citation, base = location.href.split("#")[0]) {
  const values = { ...citation, sha256: citation.sha256.slice(0, DIGEST) };
  const given = Object.entries(SHORT).filter(([name]) => values[name] !== undefined);
  return `${base}#${new URLSearchParams(given.map(([name, short]) => [short, String(values[name])]))}`;
}

/** Return the place that the hash of a permanent link names, or `null`; without an answer it is the whole quote. */
export function fromHash(hash) {
  const link = new URLSearchParams(hash.replace(/^#/, ""));
  const place = { document_id: link.get(SHORT.document_id), sha256: link.get(SHORT.sha256) ?? "" };
  for (const name of ["start", "end", "answer_start", "answer_end"]) {
    const value = link.get(SHORT[name]);
    if (/^\d{1,15}$/.test(value ?? "")) place[name] = Number(value);
    else if (value !== null) return null;
  }
  const { document_id: id, start, end, answer_start: first = start, answer_end: last = end } = place;
  return id && start <= first && first < last && last <= end ? place : null;
}

/** Return the names in a byline, without what the people are: `本报记者 白云飞 通讯员 王勇` has two. */
export function authors(byline) {
  if (!byline) return [];
  const parts =
    languageOf(byline) === "en"
      ? byline.replace(/^by\s+/i, "").split(/\s*(?:,|;|&|\band\b)\s*/i)
      : byline.replace(/[()（）]/g, " ").split(/[\s,，、;；]+/);
  return parts.filter((part) => part && !ROLES.test(part));
}

/** GB/T 7714—2015, a newspaper article on line: at most three authors are named. */
export function gbt7714(citation, url, today) {
  const names = authors(citation.byline);
  const rest = languageOf(citation.title) === "en" ? "et al" : "等";
  const who = names.length > 3 ? [...names.slice(0, 3), rest] : names;
  const head = who.length ? `${who.join(", ")}. ` : "";
  const page = citation.page ? `(${citation.page})` : "";
  const date = citation.date ? `, ${citation.date}${page}` : "";
  return `${head}${oneLine(citation.title)}[N/OL]. ${citation.source}${date}[${today}]. ${url}.`;
}

export function bibtex(citation, url, today) {
  const [year, month, day] = (citation.date ?? "").split("-");
  const names = authors(citation.byline).map((name) => (/\s/.test(name) ? tex(name) : `{${tex(name)}}`));
  const fields = {
    author: names.join(" and "),
    title: `{${tex(oneLine(citation.title))}}`,
    howpublished: tex(citation.source),
    year: year ?? "",
    month: month ? String(Number(month)) : "",
    day: day ? String(Number(day)) : "",
    note: `${lines(citation, "line ", "lines ")}: ${tex(oneLine(citation.quote))}`,
    url: url.replace(/[{}\\]/g, encodeURIComponent),
    pages: citation.page ?? "",
    urldate: today,
  };
  const body = Object.entries(fields).filter(([, value]) => value);
  const key = `gazette-${citation.sha256.slice(0, 8)}-${citation.start}`;
  return `@misc{${key},\n${body.map(([name, value]) => `  ${name} = {${value}},`).join("\n")}\n}`;
}

export function ris(citation, url, today) {
  const fields = [
    ["TY", "NEWS"],
    ...authors(citation.byline).map((name) => ["AU", name]),
    ["TI", citation.title],
    ["T2", citation.source],
    ["PY", citation.date?.slice(0, 4)],
    ["DA", citation.date?.replaceAll("-", "/")],
    ["SP", citation.page ?? lines(citation, "line ", "lines ")],
    ["N1", citation.quote],
    ["UR", url],
    ["Y2", today.replaceAll("-", "/")],
  ];
  const filled = fields.filter(([, value]) => value).map(([tag, value]) => `${tag}  - ${oneLine(value)}`);
  return [...filled, "ER  - ", ""].join("\r\n");
}

export function plain(citation, url) {
  const quote = oneLine(citation.quote);
  const parts = [citation.title, citation.byline, citation.date].filter(Boolean).map(oneLine);
  const comma = languageOf(quote) === "en" ? ", " : ",";
  return `“${quote}”\n${parts.join(comma)}${comma}${place(citation)}\n${url}`;
}

/** Return `source:line`. */
export const place = (citation) => `${citation.source}:${lines(citation, "", "")}`;

function lines({ line_start: first, line_end: last }, one, several) {
  return first === last ? `${one}${first}` : `${several}${first}-${last}`;
}

function tex(text) {
  const commands = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };
  return text.replace(/[\\{}%#&_$~^]/g, (character) => commands[character] ?? `\\${character}`);
}

/** The formats in the order the page offers them. */
export const FORMATS = { gbt7714, bibtex, ris, plain };
