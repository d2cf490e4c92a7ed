/** A quote as reference lists want it, and as a permanent link. */

import { languageOf, oneLine } from "./text.js";

const ROLES = /^(?:本报|本刊)?(?:首席|见习|实习|特约|全媒体)?(?:记者|通讯员|编辑|评论员|摄影|作者|文\/?)$/;
const SHORT = { document_id: "d", start: "s", end: "e", answer_start: "as", answer_end: "ae", sha256: "h" };
const DIGEST = 12;

let publicAddress = null;

/** Have links begin with the address by which others reach the service. */
export function setPublicAddress(address) {
  publicAddress = address;
}

const ownAddress = () => publicAddress ?? location.origin + location.pathname;

/** Return the address of a quote: the document, where the words stand in it, and what the file was. */
export function permalink(citation, base = ownAddress()) {
  const values = { ...citation, sha256: citation.sha256?.slice(0, DIGEST) };
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
  const page = citation.page ? `(${[citation.page, citation.edition].filter(Boolean).join(":")})` : "";
  const date = citation.date ? `, ${citation.date}${page}` : "";
  return `${head}${oneLine(citation.title)}[N/OL]. ${container(citation)}${date}[${today}]. ${url}.`;
}

export function bibtex(citation, url, today) {
  const [year, month, day] = (citation.date ?? "").split("-");
  const names = authors(citation.byline).map((name) => (/\s/.test(name) ? tex(name) : `{${tex(name)}}`));
  const fields = {
    author: names.join(" and "),
    title: `{${tex(oneLine(citation.title))}}`,
    ...(citation.publication ? { journal: tex(citation.publication) } : { howpublished: tex(citation.source) }),
    ...(citation.edition ? { number: tex(citation.edition) } : {}),
    year: year ?? "",
    month: month ? String(Number(month)) : "",
    day: day ? String(Number(day)) : "",
    note: wordsOf(citation) ? `${lines(citation, "line ", "lines ")}: ${tex(oneLine(wordsOf(citation)))}` : "",
    url: url.replace(/[{}\\]/g, encodeURIComponent),
    pages: citation.page ?? "",
    urldate: today,
  };
  const body = Object.entries(fields).filter(([, value]) => value);
  const key = `gazette-${citation.sha256.slice(0, 8)}-${citation.start}`;
  return `@${citation.publication ? "article" : "misc"}{${key},\n${body.map(([name, value]) => `  ${name} = {${value}},`).join("\n")}\n}`;
}

export function ris(citation, url, today) {
  const fields = [
    ["TY", "NEWS"],
    ...authors(citation.byline).map((name) => ["AU", name]),
    ["TI", citation.title],
    ["T2", container(citation)],
    ["ET", citation.edition],
    ["PY", citation.date?.slice(0, 4)],
    ["DA", citation.date?.replaceAll("-", "/")],
    ["SP", citation.page ?? (citation.quote ? lines(citation, "line ", "lines ") : null)],
    ["N1", wordsOf(citation)],
    ["UR", url],
    ["Y2", today.replaceAll("-", "/")],
  ];
  const filled = fields.filter(([, value]) => value).map(([tag, value]) => `${tag}  - ${oneLine(value)}`);
  return [...filled, "ER  - ", ""].join("\r\n");
}

/** CSL-JSON, which citation managers and pandoc read. */
export function csl(citation, url, today) {
  const parts = (date) => ({ "date-parts": [date.split("-").map(Number)] });
  const item = {
    id: `gazette-${citation.sha256.slice(0, 8)}-${citation.start}`,
    type: "article-newspaper",
    title: oneLine(citation.title),
    author: authors(citation.byline).map((literal) => ({ literal })),
    "container-title": container(citation),
    issued: citation.date ? parts(citation.date) : undefined,
    edition: citation.edition ?? undefined,
    page: citation.page ?? undefined,
    note: oneLine(wordsOf(citation)) || undefined,
    URL: url,
    accessed: parts(today),
  };
  return JSON.stringify([item], null, 2);
}

export function plain(citation, url) {
  const quote = oneLine(wordsOf(citation));
  const parts = [citation.title, citation.byline, citation.publication, citation.date].filter(Boolean).map(oneLine);
  const comma = languageOf(quote) === "en" ? ", " : ",";
  return `${quote ? `“${quote}”\n` : ""}${parts.join(comma)}${comma}${place(citation)}\n${url}`;
}

/** Where a citation was printed: the paper, or the file where that names none. */
const container = (citation) => citation.publication ?? citation.source;

/** The quote as a reader sees it. */
export const wordsOf = (citation) => citation.shown ?? citation.quote;

/** Return `source:line`, of a record its line in the file and its id. */
export function place(citation) {
  const { source, record, record_line: line } = citation;
  if (record) return `${source}${line ? `:${line}` : ""} (${record})`;
  return `${source}:${lines(citation, "", "")}`;
}

function lines({ line_start: first, line_end: last }, one, several) {
  return first === last ? `${one}${first}` : `${several}${first}-${last}`;
}

function tex(text) {
  const commands = { "\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };
  return text.replace(/[\\{}%#&_$~^]/g, (character) => commands[character] ?? `\\${character}`);
}

/** Return the address of an article's own page. */
export const articleLink = ({ document_id: d, number: n }) => `${ownAddress()}?${new URLSearchParams({ view: "article", d, n: n ?? 0 })}`;

/** An article as what is cited: all of it, so that no words are quoted. */
export const articleCitation = (article) => ({ ...article, quote: "", line_end: article.line_start });

/** The formats in the order the page offers them. */
export const FORMATS = { gbt7714, bibtex, ris, csl, plain };
