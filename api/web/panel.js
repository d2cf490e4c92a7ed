/** The source beside the conversation (over it, on a phone): an article with the quoted words marked. */

import { articleAt, boxesOf, documentOf, wordsAround } from "./archive.js";
import { fromHash, permalink, place } from "./cite.js";
import { copy, copyWithSource, formatButtons } from "./citing.js";
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";
import { facsimile } from "./facsimile.js";
import { isUnsure, original, wordsBetween } from "./original.js";
import { link } from "./router.js";
import { languageOf, oneLine } from "./text.js";
import { details, dotted } from "./turn.js";

const WIDE = matchMedia("(min-width: 64rem)");

/** What is open: `{places, at, opener}`, the places being the quotes one can step through; `null` when closed. */
let shown = null;
let words = null;
/** What was open at an address of this visit: going back to it brings the other places of its answer along. */
const known = new Map();
/** Whether the reader wants to see the printed page. */
let pictured = false;
let say = () => {};
let opened = () => {};

const panel = byId("panel");

/** Prepare the panel; `announce(text)` speaks to screen readers, `onOpen(place)` hears what is open (`null`: nothing). */
export function setUpPanel(announce, onOpen) {
  say = announce;
  opened = onOpen;
  byId("panel-close").addEventListener("click", closePanel);
  byId("panel-previous").addEventListener("click", () => step(-1));
  byId("panel-next").addEventListener("click", () => step(1));
  const open = () => shown.places[shown.at];
  byId("panel-link").addEventListener("click", () => copy(permalink(open()), byId("panel-citation"), byId("panel-status"), false));
  byId("panel-picture").addEventListener("click", () => {
    pictured = !pictured;
    showPicture();
  });
  copyWithSource(byId("panel-text"), open, () => permalink(open()));
  panel.addEventListener("cancel", (event) => {
    event.preventDefault();
    closePanel();
  });
  panel.addEventListener("click", (event) => {
    if (event.target === panel && panel.matches(":modal")) closePanel(); // beside the sheet
  });
  panel.addEventListener("keydown", (event) => {
    if (event.target.matches("textarea") || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
    else return;
    event.preventDefault();
  });
  WIDE.addEventListener("change", () => {
    if (!panel.open) return;
    panel.close();
    reveal();
  });
}

/** Show what the address names beside the page, or nothing. */
export function followAddress() {
  const cited = fromHash(location.hash);
  if (!cited) hide();
  else if (shown?.hash !== location.hash) {
    const { places, at, opener } = known.get(location.hash) ?? { places: [cited], at: 0, opener: null };
    show([...places], at, opener, location.hash);
  }
}

export const panelIsOpen = () => panel.open;

/**
 * Open `places[at]`; a place is a citation, or as much of one as a permanent link holds.
 *
 * `opener` gets the focus back when the panel closes.
 */
export function openPanel(places, at, opener = null) {
  const hash = new URL(permalink(places[at])).hash;
  if (hash !== location.hash) history.pushState(null, "", location.pathname + location.search + hash);
  known.set(hash, { places, at, opener });
  return show([...places], at, opener, hash);
}

async function show(places, at, opener, hash) {
  shown = { places, at, opener, hash };
  words = null;
  byId("panel-picture").hidden = true;
  const asked = shown;
  opened(places[at]);
  renderPanel();
  if (!panel.open) reveal();
  byId("panel-title").focus({ preventScroll: true });
  try {
    const cited = places[at];
    const article = await articleAt(cited.document_id, cited.start);
    const text = await wordsAround(article, cited.start, cited.end);
    if (shown !== asked) return;
    const changed = Boolean(cited.sha256) && !text.sha256.startsWith(cited.sha256);
    words = { text, changed, article };
    places[at] = completed(cited, article, text);
    renderPanel();
    offerPicture(asked);
    say(t("opened", oneLine(places[at].title), details(places[at]).at(-1)?.textContent ?? ""));
  } catch (problem) {
    if (shown !== asked) return;
    words = { problem };
    renderPanel();
  }
}

/** The quote that is open, `null` where none is. */
export const placeOpen = () => (shown ? shown.places[shown.at] : null);

export function closePanel() {
  if (!panel.open) return;
  history.pushState(null, "", location.pathname + location.search);
  hide();
}

function hide() {
  if (!panel.open) return;
  panel.close();
  document.body.classList.remove("reading", "pictured");
  const opener = shown?.opener;
  shown = null;
  opened(null);
  (opener?.isConnected ? opener : (redrawn(opener) ?? byId("question"))).focus();
}

/** The chip of the same quote, where its turn has been drawn again since. */
function redrawn(chip) {
  return chip?.dataset.place ? document.querySelector(`.chip[data-place="${CSS.escape(chip.dataset.place)}"]`) : null;
}

/** Draw the panel again, after a change of language. */
export function renderPanel() {
  if (!shown) return;
  const { places, at } = shown;
  const cited = places[at];
  const title = byId("panel-title");
  title.textContent = oneLine(cited.title ?? t("panel"));
  title.lang = languageOf(title.textContent);
  byId("panel-details").replaceChildren(...dotted(details(cited)));
  byId("panel-source").textContent = cited.source ? (cited.line_start ? place(cited) : cited.source) : "";
  const numbered = words?.article && words.article.number !== null;
  const whole = { view: "article", d: cited.document_id, n: words?.article?.number, s: cited.start, e: cited.end };
  byId("panel-article").replaceChildren(...(numbered ? [link(whole, { class: "quiet" }, t("articlePage"))] : []));
  byId("panel-step").hidden = places.length < 2;
  byId("panel-position").textContent = t("position", at + 1, places.length);
  byId("panel-previous").disabled = at === 0;
  byId("panel-next").disabled = at === places.length - 1;
  byId("panel-tools").hidden = !quotable();
  renderFormats(cited);
  renderText(cited);
}

/** Whether what is open can be cited: it is a quote, and the file is still the one it was taken from. */
const quotable = () => Boolean(words?.text) && !words.changed && shown.places[shown.at].quote !== "";

function renderFormats(cited) {
  const box = byId("panel-citation");
  byId("panel-formats").replaceChildren(...formatButtons(() => cited, () => permalink(cited), box, byId("panel-status")));
  box.hidden = true;
}

function renderText(cited) {
  const body = byId("panel-text");
  if (!words) {
    body.replaceChildren(el("p", { class: "progress" }, el("span", { class: "pulse", "aria-hidden": "true" }), t("loading")));
    return;
  }
  if (words.problem) {
    body.replaceChildren(el("p", { class: "failure" }, t(`failed.${words.problem.status}`) ?? t("failed.other")));
    return;
  }
  const { text, changed } = words;
  const marks = shown.places.flatMap((each) => marksOf(each, each === cited, cited.document_id));
  const shownText = original(text, marks, cited.title);
  shownText.id = "original";
  const cut = (yes) => (yes ? [el("p", { class: "cut" }, t("cut"))] : []);
  body.replaceChildren(
    ...(changed ? [el("p", { class: "changed", role: "alert" }, t("changed"))] : []),
    ...(isUnsure(text, cited.start, cited.end) ? [el("p", { class: "warning", role: "note" }, t("unsure"))] : []),
    ...cut(text.cutBefore),
    shownText,
    ...cut(text.cutAfter),
  );
  const mark = body.querySelector("mark.answer, mark.evidence");
  if (mark) body.scrollTop += mark.getBoundingClientRect().top - body.getBoundingClientRect().top - body.clientHeight / 3;
  else body.scrollTop = 0;
}

/** Offer the printed page where the document has pages with places, and show it if the reader wanted that before. */
async function offerPicture(asked) {
  const cited = asked.places[asked.at];
  const { pages = [] } = await documentOf(cited.document_id);
  if (shown !== asked) return;
  const there = pages.length > 0 && cited.quote !== "";
  byId("panel-picture").hidden = !there;
  if (there) await showPicture();
  else byId("panel-page").hidden = true;
}

async function showPicture() {
  const asked = shown;
  const cited = asked.places[asked.at];
  const frame = byId("panel-page");
  byId("panel-picture").setAttribute("aria-pressed", String(pictured));
  panel.classList.toggle("pictured", pictured);
  document.body.classList.toggle("pictured", pictured);
  frame.hidden = !pictured;
  if (!pictured) return;
  frame.replaceChildren(el("p", { class: "progress" }, t("loading")));
  try {
    const boxes = cited.boxes?.length ? cited.boxes : await boxesOf(cited.document_id, cited.start, cited.end);
    const picture = boxes.length ? await facsimile(cited.document_id, boxes) : el("p", { class: "hint" }, t("noPicture"));
    if (shown === asked && pictured) frame.replaceChildren(picture);
  } catch (problem) {
    if (shown === asked) frame.replaceChildren(el("p", { class: "failure" }, problem.status === 404 ? t("noPicture") : t("failed.other")));
  }
}

/** The marks of a place, the strongest for the one that is open; none for one in another document. */
function marksOf({ document_id: id, quote, start, end, answer_start: first, answer_end: last }, isOpen, open) {
  if (quote === "" || id !== open) return [];
  const [evidence, answer] = isOpen ? ["evidence", "answer"] : ["also", "also-answer"];
  return [{ start, end, kind: evidence }, ...(first < last ? [{ start: first, end: last, kind: answer }] : [])];
}

/** Fill in what a permanent link does not hold: the quote from the words, the rest from the article. */
function completed(cited, article, text) {
  if (cited.quote !== undefined) return { ...article, ...cited };
  const points = Array.from(text.text);
  const before = points.slice(0, cited.start - text.start);
  const quote = points.slice(cited.start - text.start, cited.end - text.start);
  const breaks = (characters) => characters.filter((character) => character === "\n").length;
  const first = text.line_start + breaks(before);
  const lines = { line_start: first, line_end: first + breaks(quote.slice(0, -1)) };
  const seen = text.shown === null ? null : wordsBetween(text, cited.start, cited.end);
  const given = { ...lines, sha256: cited.sha256 ? cited.sha256 : text.sha256, quote: quote.join(""), shown: seen };
  return { ...article, ...cited, ...given };
}

function step(by) {
  const { places, at, opener } = shown;
  if (places[at + by]) openPanel(places, at + by, opener);
}

function reveal() {
  document.body.classList.add("reading");
  if (WIDE.matches) panel.show();
  else panel.showModal();
}
