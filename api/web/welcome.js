/** Before the first question: what the archive holds, a key where one is needed, and questions to begin with. */

import { Problem, patiently } from "./api.js";
import { documentOf, info, listing, suggestions } from "./archive.js";
import { submit, turns } from "./asking.js";
import { setPublicAddress } from "./cite.js";
import { byId, el } from "./dom.js";
import { LANGUAGES, currentLanguage, t } from "./i18n.js";
import { failure } from "./key.js";
import { current, filtersOf, link } from "./router.js";
import { languageOf, oneLine } from "./text.js";

const HEADLINES = 8;
const FIRST_FILES = 4;
const EXAMPLES = 4;

/** What the service cannot tell of its archive is left out: questions are what the page is for. */
export async function showArchive() {
  byId("today").textContent = new Date().toLocaleDateString(LANGUAGES[currentLanguage()], { dateStyle: "long" });
  byId("key-section").replaceChildren();
  try {
    const about = await patiently(info);
    setPublicAddress(about.address ?? null);
    byId("counts").textContent = t("archiveCounts", about.index);
    if (turns.length) return;
    if (about.index.documents === 0) showEmpty(about.permission === "write");
    else await Promise.all([showHeadlines(), showExamples()]);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    byId("counts").textContent = "";
    if (!turns.length && (problem.status === 401 || problem.status === 403)) byId("key-section").replaceChildren(failure(problem, showArchive));
  }
}

function showEmpty(writes) {
  const way = writes ? link({ view: "files" }, { class: "link" }, t("addFirstFiles")) : null;
  const command = el("pre", {}, el("code", {}, "gazette ingest FOLDER --index INDEX"));
  byId("key-section").replaceChildren(el("div", { class: "empty" }, el("p", {}, t("emptyArchive")), way, command));
}

async function showHeadlines() {
  const { total, documents } = await patiently(() => listing(0, FIRST_FILES));
  const found = await Promise.all(documents.map(({ id }) => documentOf(id)));
  const headlines = found.flatMap(({ id, articles }) => articles.map((article) => ({ id, article })));
  byId("headlines").replaceChildren(...headlines.slice(0, HEADLINES).map(headline));
  byId("headlines-section").hidden = headlines.length === 0;
  const rest = total > found.length ? t("moreArticles", total - found.length) : t("allArticles");
  byId("more").replaceChildren(link({ view: "files" }, { class: "link" }, rest));
}

function headline({ id, article }) {
  const { title, date, number } = article;
  const address = { view: "article", d: id, n: number };
  return el("li", {}, link(address, { class: "link", lang: languageOf(title) }, oneLine(title)), date ? el("time", { datetime: date }, date) : null);
}

/** Offer questions made from headlines that the archive answers. */
async function showExamples() {
  const { questions } = await suggestions({ limit: EXAMPLES });
  const ask = (question) => () => submit(question, filtersOf(current()));
  byId("examples").replaceChildren(
    ...questions.map((question) => el("li", {}, el("button", { type: "button", class: "suggestion", lang: languageOf(question), click: ask(question) }, question))),
  );
  byId("examples-section").hidden = questions.length === 0;
}
