/** Documents, articles and their words, each fetched once. */

import { get } from "./api.js";

/** Characters shown on either side of a quote: a whole article nearly always, and never a whole book. */
const MARGIN = 20_000;
const EXCERPT = 240;

const documents = new Map();

/** Return `{total, documents}`, `limit` documents from `offset` on. */
export const listing = (offset, limit) => get(`/api/documents?offset=${offset}&limit=${limit}`);

/** Return the articles that have the words of `params`, with counts by field: see `GET /api/articles`. */
export function articlesWith(params) {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== "");
  return get(`/api/articles?${new URLSearchParams(given)}`);
}

/** Return questions that the archive answers, about an article if one is given. */
export function suggestions(params) {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== "");
  return get(`/api/suggestions?${new URLSearchParams(given)}`);
}

/** Forget what has been fetched: the archive has changed. */
export const forget = () => documents.clear();

export const info = () => get("/api/info");

/** Return a document with its articles; throws `Problem`. */
export function documentOf(id) {
  if (!documents.has(id)) {
    const fetched = get(`/api/documents/${encodeURIComponent(id)}`);
    documents.set(id, fetched);
    fetched.catch(() => documents.delete(id));
  }
  return documents.get(id);
}

/** Return `{start, end, text, sha256, line_start}` of the original between two offsets. */
export const textOf = (id, start, end) =>
  get(`/api/documents/${encodeURIComponent(id)}/text?start=${start}&end=${end}`);

/** Return where `[start, end)` of the original stands on printed pages: boxes, none where that is not known. */
export async function boxesOf(id, start, end) {
  const words = await get(`/api/documents/${encodeURIComponent(id)}/text?start=${start}&end=${end}&boxes=true`);
  return words.boxes;
}

/** Return the article that holds the character at `start`: `{title, byline, date, start, end, source, sha256, …}`. */
export async function articleAt(id, start) {
  const found = await documentOf(id);
  const article = found.articles.find((each) => each.start <= start && start < each.end);
  const whole = { number: null, title: found.title ?? found.source, byline: null, date: found.date, start: 0, end: found.length };
  const { source, sha256 } = found;
  return { ...(article ?? whole), date: article?.date ?? found.date, source, sha256, document_id: id };
}

/** Return the words to show around `[start, end)` of an article, with `cutBefore` and `cutAfter`. */
export async function wordsAround(article, start, end) {
  const at = Math.min(start, article.end - 1); // a file that has changed may have become shorter
  const from = Math.max(article.start, at - MARGIN);
  const to = Math.min(article.end, Math.max(at, end) + MARGIN);
  const words = await textOf(article.document_id, from, to);
  return { ...words, cutBefore: words.start > article.start, cutAfter: words.end < article.end };
}

/** Return a passage of an answer with its article's title, byline and date, and the beginning of its words. */
export async function described(passage) {
  const { document_id: id, start, end } = passage;
  const [{ title, byline, date }, words] = await Promise.all([
    articleAt(id, start),
    textOf(id, start, Math.min(end, start + EXCERPT)),
  ]);
  return { ...passage, title, byline, date, text: words.shown ?? words.text };
}
