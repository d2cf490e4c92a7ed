/** What a search can be narrowed to: fields with their values and counts, and years with their months. */

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { FILTERS, filtersOf, link } from "./router.js";
import { languageOf } from "./text.js";
import { daysOf } from "./timeline.js";

const FIELDS = ["publication", "edition", "byline", "source"];
const AT_FIRST = 8;

/** The facets of a search whose address is `params`. */
export function facetLists(facets, params) {
  return [...FIELDS.map((name) => field(name, facets[name], params)), years(facets, params)].filter(Boolean);
}

/** The filters that are set, each with a link that takes it away. */
export function setFilters(params) {
  const set = Object.entries(filtersOf(params));
  if (!set.length) return null;
  const without = (name) => ({ ...params, [name]: undefined, offset: undefined });
  const chips = set.map(([name, value]) =>
    el("li", {}, link(without(name), { class: "filter", "aria-label": t("removeFilter", t(filterName(name)), value) }, `${t(filterName(name))} `, el("b", {}, value), " ×")),
  );
  const none = Object.fromEntries(FILTERS.map((name) => [name, undefined]));
  const all = el("li", {}, link({ ...params, ...none, offset: undefined }, { class: "filter" }, t("clear")));
  return el("ul", { class: "set-filters", "aria-label": t("filters") }, chips, set.length > 1 ? all : null);
}

/** The word for a filter. */
export const filterName = (name) => (name === "title" ? "filterTitle" : name);

function field(name, { values, distinct }, params) {
  if (!values.length) return null;
  const item = ({ value, count }) => choice(name, value, count, params);
  const more = values.slice(AT_FIRST);
  const hidden = distinct - values.length;
  return el(
    "details",
    { class: "facet", open: name !== "source" || values.length > 1 },
    el("summary", {}, t(`facetNames.${name}`)),
    el("ul", {}, values.slice(0, AT_FIRST).map(item)),
    more.length ? el("details", {}, el("summary", {}, t("moreValues", more.length)), el("ul", {}, more.map(item))) : null,
    hidden > 0 ? el("p", { class: "hint" }, t("rarerValues", hidden)) : null,
  );
}

function choice(name, value, count, params) {
  const chosen = params[name] === value;
  const attributes = { lang: languageOf(value), "aria-current": chosen ? "true" : null };
  const target = { ...params, [name]: chosen ? undefined : value, offset: undefined };
  return el("li", {}, link(target, attributes, value), " ", el("span", { class: "number" }, t("number", count)));
}

function years({ months, undated }, params) {
  if (!months.length) return null;
  const byYear = new Map();
  for (const month of months) byYear.set(month.value.slice(0, 4), [...(byYear.get(month.value.slice(0, 4)) ?? []), month]);
  const listed = [...byYear].map(([year, own]) => {
    const count = own.reduce((sum, month) => sum + month.count, 0);
    const open = params.from?.startsWith(year) && params.to?.startsWith(year);
    return el("li", {}, period(year, count, params), open || byYear.size === 1 ? el("ul", {}, own.map(({ value, count: some }) => el("li", {}, period(value, some, params)))) : null);
  });
  return el(
    "details",
    { class: "facet", open: byYear.size <= 12 },
    el("summary", {}, t("years")),
    el("ul", {}, listed),
    undated ? el("p", { class: "hint" }, t("undated", undated)) : null,
  );
}

function period(value, count, params) {
  const [from, to] = daysOf(value);
  const chosen = params.from === from && params.to === to;
  const target = { ...params, from: chosen ? undefined : from, to: chosen ? undefined : to, offset: undefined };
  return [link(target, { "aria-current": chosen ? "true" : null }, value), " ", el("span", { class: "number" }, t("number", count))];
}
