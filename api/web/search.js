/** Searching and narrowing: articles with the words marked, beside what they can be narrowed to. */

import { articlesWith } from "./archive.js";
import { el } from "./dom.js";
import { facetLists, setFilters } from "./facets.js";
import { t } from "./i18n.js";
import { offsetOf, pager } from "./pager.js";
import { filtersOf, go, link } from "./router.js";
import { highlighted, languageOf, oneLine } from "./text.js";
import { timeline } from "./timeline.js";
import { dotted } from "./turn.js";

const SIZE = 20;
const ORDERS = ["best", "newest", "oldest", "source"];

/** Return the view of the search whose address is `params`. */
export async function searchView(params) {
  const order = ORDERS.includes(params.order) ? params.order : "best";
  const asked = { ...filtersOf(params), q: params.q, order, offset: offsetOf(params), limit: SIZE };
  const found = await articlesWith(asked);
  const choose = (from, to) => go({ ...params, from, to, offset: undefined });
  return el(
    "section",
    { class: "search", "aria-label": t("search") },
    el("h2", { class: "unseen" }, t("search")),
    box(params),
    setFilters(params),
    el("p", { class: "total", role: "status" }, t(`found.${found.match}`, found.total)),
    timeline(found.facets, params.from, params.to, choose),
    el(
      "div",
      { class: "columns" },
      el("div", { class: "facets", role: "group", "aria-label": t("narrow") }, facetLists(found.facets, params)),
      el(
        "div",
        { class: "found" },
        orders(params, order),
        el("ol", { class: "results" }, found.articles.map((article) => result(article, params.q))),
        found.total ? null : el("p", { class: "hint" }, t("nothingFound")),
        pager(params, found.total, SIZE),
      ),
    ),
  );
}

/** One article of a list: its title as a link to its page, where it was printed, and words of it. */
export function result(article, query = "") {
  const { document_id: d, number: n, title, title_marks: marked, excerpt, marks } = article;
  const place = marks.length ? { s: article.passage_start, e: article.passage_end } : {};
  const address = { view: "article", d, n, q: query, ...place };
  const titled = marked.length ? highlighted(title, marked) : [oneLine(title)];
  return el(
    "li",
    {},
    el("h3", {}, link(address, { class: "link", lang: languageOf(title) }, ...titled)),
    el("p", { class: "origin" }, ...dotted(printedIn(article))),
    el("p", { class: "excerpt", lang: languageOf(excerpt) }, ...(marks.length ? highlighted(excerpt, marks) : [oneLine(excerpt)])),
  );
}

/** Paper, edition, page, date, byline and file or record of an article. */
export function printedIn({ publication, edition, page, date, byline, source, record }) {
  const parts = [publication, edition, page ? t("printedPage", page) : null, date, byline, record ?? source];
  return parts.filter(Boolean).map((part) => el("span", {}, oneLine(part)));
}

function box(params) {
  const input = el("input", { type: "search", name: "q", value: params.q ?? "", maxlength: "1000", "aria-label": t("searchWords"), placeholder: t("searchWords") });
  const submit = (event) => {
    event.preventDefault();
    go({ ...params, q: input.value.trim(), offset: undefined });
  };
  return el("form", { class: "searchbox", role: "search", submit }, input, el("button", {}, t("search")));
}

function orders(params, order) {
  const change = (event) => go({ ...params, order: event.target.value === "best" ? undefined : event.target.value, offset: undefined });
  const options = ORDERS.map((name) => el("option", { value: name, selected: name === order }, t(`orders.${name}`)));
  return el("label", { class: "order" }, `${t("order")} `, el("select", { change }, options));
}
