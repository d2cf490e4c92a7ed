/** The address of the page: which view it shows, what that is limited to, and what is open beside it. */

import { el } from "./dom.js";

/** Filters, by the names that requests have them under. */
export const FILTERS = ["from", "to", "source", "title", "byline", "publication", "edition", "page"];
export const VIEWS = ["ask", "search", "files", "document", "article", "talks"];

let changed = () => {};

/** Hear of every change of the address; `listener(true)` where a link or a script asks for what it names anew. */
export function onRoute(listener) {
  changed = listener;
  addEventListener("popstate", () => changed(false));
}

/** What the address says: `{view, …}` with every parameter as text. */
export function current() {
  const given = Object.fromEntries(new URLSearchParams(location.search));
  return { ...given, view: VIEWS.includes(given.view) ? given.view : "ask" };
}

/** The filters among the parameters of an address, those that are empty left out. */
export const filtersOf = (params) =>
  Object.fromEntries(FILTERS.filter((name) => params[name]).map((name) => [name, params[name]]));

/** Return the address of `params`, relative to the page's own path; what is empty is left out. */
export function address(params) {
  const given = Object.entries(params).filter(
    ([name, value]) => value !== undefined && value !== null && value !== "" && !(name === "view" && value === "ask"),
  );
  return given.length ? `?${new URLSearchParams(given)}` : location.pathname;
}

/** Go to `params`; with `replace` in place of the present entry of the history. */
export function go(params, { replace = false, hash = "" } = {}) {
  history[replace ? "replaceState" : "pushState"](null, "", address(params) + hash);
  changed(true);
}

/** Note `params` in the address without showing anything anew. */
export const note = (params) => history.replaceState(null, "", address(params) + location.hash);

/** A link to `params` that needs no loading of the page, and can be opened in another tab. */
export function link(params, attributes, ...children) {
  const click = (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(params);
  };
  return el("a", { href: address(params), ...attributes, click }, ...children);
}
