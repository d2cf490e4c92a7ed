/** Paging through a long list by links. */

import { el } from "./dom.js";
import { t } from "./i18n.js";
import { link } from "./router.js";

/** Links to the pages of a list of `total`, of which `size` from `params.offset` on are shown; `null` for one page. */
export function pager(params, total, size) {
  const offset = Number(params.offset ?? 0);
  if (total <= size && offset === 0) return null;
  const last = Math.max(0, Math.floor((total - 1) / size) * size);
  const to = (place, name) =>
    place === offset || place < 0 || place > last
      ? el("span", { class: "quiet", "aria-disabled": "true" }, t(name))
      : link({ ...params, offset: place || undefined }, { class: "quiet" }, t(name));
  return el(
    "nav",
    { class: "pager", "aria-label": t("pages") },
    to(0, "firstPage"),
    to(Math.max(0, offset - size), "previousPage"),
    el("span", {}, t("range", Math.min(offset + 1, total), Math.min(offset + size, total), total)),
    to(offset + size, "nextPage"),
    to(last, "lastPage"),
  );
}

/** The offset that an address names, a whole number. */
export const offsetOf = (params) => (/^\d{1,12}$/.test(params.offset ?? "") ? Number(params.offset) : 0);
