/** The page of one article, and that of a document with the list of its articles. */

import { articleAt, documentOf, textOf } from "./archive.js";
import { articleCitation, articleLink } from "./cite.js";
import { citing } from "./citing.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { isUnsure, original } from "./original.js";
import { offsetOf, pager } from "./pager.js";
import { link } from "./router.js";
import { printedIn } from "./search.js";
import { findWords, languageOf, oneLine } from "./text.js";

const AT_ONCE = 20_000;
const LISTED = 50;

/** Return the view of article `params.n` of document `params.d`, with the words of `params.q` marked. */
export async function articleView(params) {
  const found = await documentOf(params.d);
  const number = /^\d+$/.test(params.n ?? "") ? Number(params.n) : 0;
  const listed = found.articles[number];
  const article = listed ? { ...(await articleAt(params.d, listed.start)), ...listed, date: listed.date ?? found.date } : await articleAt(params.d, 0);
  const body = el("div", { class: "body" });
  await extend(body, article, article.start, params);
  const beside = (by, name) => {
    const other = found.articles[number + by];
    return other ? link({ view: "article", d: params.d, n: number + by }, { class: "quiet" }, t(name, oneLine(other.title))) : null;
  };
  return el(
    "article",
    { class: "article-page" },
    el("h2", { id: "article-title", tabindex: "-1", lang: languageOf(article.title) }, oneLine(article.title)),
    article.deck ? el("p", { class: "deck", lang: languageOf(article.deck) }, oneLine(article.deck)) : null,
    el("p", { class: "origin" }, ...printedIn({ ...article, source: found.source }).flatMap((part, at) => (at ? [" · ", part] : [part]))),
    citing(() => articleCitation(article), () => articleLink(article)),
    body,
    el(
      "nav",
      { class: "pager", "aria-label": t("neighbours") },
      beside(-1, "previousArticle"),
      found.articles.length > 1 ? link({ view: "document", d: params.d }, { class: "quiet" }, t("wholeFile", found.articles.length)) : null,
      beside(1, "nextArticle"),
    ),
  );
}

/** Add the words from `start` on, and a button for what comes after them. */
async function extend(body, article, start, params) {
  const part = await textOf(article.document_id, start, Math.min(article.end, start + AT_ONCE));
  const words = params.q ? findWords(part.shown ?? part.text, params.q) : [];
  const passage = { start: Number(params.s), end: Number(params.e), kind: "also" };
  const marks = !words.length && passage.start < passage.end ? [passage] : [];
  if (isUnsure(part, part.start, part.end)) body.append(el("p", { class: "warning" }, t("unsureArticle")));
  body.append(original(part, marks, article.title, words));
  if (part.end >= article.end) return;
  const more = el("button", { type: "button", class: "quiet", click: () => {
    more.remove();
    extend(body, article, part.end, params);
  } }, t("continue"));
  body.append(more);
}

/** Return the view of document `params.d`: what it is, and its articles. */
export async function documentView(params) {
  const found = await documentOf(params.d);
  const offset = offsetOf(params);
  return el(
    "section",
    { class: "document-page" },
    el("h2", { lang: languageOf(found.title ?? found.source) }, oneLine(found.title ?? found.source)),
    el("p", { class: "origin" }, [found.source, found.date, t("articles", found.articles.length)].filter(Boolean).join(" · ")),
    el(
      "ol",
      { class: "listing" },
      found.articles.slice(offset, offset + LISTED).map(({ number, title, byline, date }) =>
        el(
          "li",
          {},
          link({ view: "article", d: params.d, n: number }, { class: "link", lang: languageOf(title) }, oneLine(title)),
          el("p", { class: "origin" }, [byline, date].filter(Boolean).map(oneLine).join(" · ")),
        ),
      ),
    ),
    pager(params, found.articles.length, LISTED),
  );
}
