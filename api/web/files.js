/** All files of the archive, page by page; where the caller may write, adding and removing them. */

import { addForm } from "./adding.js";
import { remove } from "./api.js";
import { forget, info, listing } from "./archive.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { offsetOf, pager } from "./pager.js";
import { go, link } from "./router.js";
import { languageOf, oneLine } from "./text.js";

const SIZE = 50;

/** Return the view of the files from `params.offset` on. */
export async function filesView(params) {
  const [about, { total, documents }] = await Promise.all([info(), listing(offsetOf(params), SIZE)]);
  const writes = about.permission === "write";
  const again = () => {
    forget();
    go(params, { replace: true });
  };
  return el(
    "section",
    { class: "files", "aria-label": t("files") },
    el("h2", { class: "unseen" }, t("files")),
    el("p", { class: "total" }, t("archiveCounts", about.index)),
    total ? null : el("div", { class: "empty" }, el("p", {}, t("emptyArchive")), el("pre", {}, el("code", {}, "gazette ingest FOLDER --index INDEX"))),
    writes ? addForm(again) : el("p", { class: "hint" }, t("readOnly")),
    el("ol", { class: "listing" }, documents.map((each) => entry(each, writes ? again : null))),
    pager(params, total, SIZE),
  );
}

function entry({ id, source, title, date, articles, headline }, again) {
  const titled = title ?? (articles === 1 ? headline : null);
  const name = oneLine(titled ?? source);
  const target = articles === 1 ? { view: "article", d: id, n: 0 } : { view: "document", d: id };
  const status = el("span", { role: "status" });
  const removing = async (event) => {
    if (!confirm(t("confirmRemoval", name))) return;
    event.target.disabled = true;
    try {
      await remove(`/api/documents/${encodeURIComponent(id)}`);
      again();
    } catch (problem) {
      event.target.disabled = false;
      status.textContent = t(`failed.${problem.status}`) ?? problem.message;
    }
  };
  const label = t("removeFile", name);
  return el(
    "li",
    {},
    link(target, { class: "link", lang: languageOf(name) }, name),
    el("p", { class: "origin" }, [titled ? source : null, date, t("articles", articles)].filter(Boolean).join(" · ")),
    again ? el("p", { class: "tools" }, el("button", { type: "button", class: "quiet", "aria-label": label, click: removing }, t("remove")), status) : null,
  );
}
