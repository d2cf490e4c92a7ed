/** Copying: a link, a reference in one of the formats, and selected words with their source. */

import { FORMATS } from "./cite.js";
import { el } from "./dom.js";
import { t } from "./i18n.js";
import { oneLine } from "./text.js";

/** The tools to cite what `cited()` returns, which stands at `url()`; `id` begins the ids of its parts. */
export function citing(cited, url, id = "article") {
  const box = el("textarea", { id: `${id}-citation`, rows: "4", readonly: true, "aria-label": t("citation"), hidden: true });
  const status = el("p", { id: `${id}-status`, class: "copy-status", role: "status" });
  return el(
    "div",
    { class: "citing" },
    el(
      "div",
      { class: "tools" },
      el("button", { type: "button", class: "quiet", click: () => copy(url(), box, status, false) }, t("copyLink")),
      el("span", { class: "label" }, t("cite")),
      el("span", { class: "formats" }, formatButtons(cited, url, box, status)),
    ),
    box,
    status,
  );
}

/** A button for every format, which copies what is cited into the clipboard and shows it in `box`. */
export function formatButtons(cited, url, box, status) {
  return Object.entries(FORMATS).map(([name, format]) => {
    const click = () => {
      box.hidden = false;
      box.value = format(cited(), url(), new Date().toLocaleDateString("sv"));
      copy(box.value, box, status);
    };
    return el("button", { type: "button", class: "quiet", click }, t(`formats.${name}`));
  });
}

/** Copy `text` and say so in `status`; where the browser refuses, select it in `box` for the reader to copy. */
export async function copy(text, box, status, shown = true) {
  try {
    await navigator.clipboard.writeText(text);
    if (shown) box.focus();
    status.textContent = t("copied");
  } catch {
    // Off localhost the clipboard is open to pages served over https alone.
    box.hidden = false;
    box.value = text;
    box.focus();
    box.select();
    status.textContent = t("copyByHand");
  }
}

/** Have words that are copied out of `element` bring along where they were printed. */
export function copyWithSource(element, cited, url) {
  element.addEventListener("copy", (event) => {
    const words = getSelection().toString();
    const article = cited();
    if (!words.trim() || !article?.title) return;
    const source = [article.title, article.byline, article.publication, article.date].filter(Boolean).map(oneLine);
    event.clipboardData.setData("text/plain", `${words}\n—— ${source.join(", ")}\n${url()}\n`);
    event.preventDefault();
  });
}
