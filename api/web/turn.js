/** One turn of the conversation: what was asked, how far it is, and the answer with its numbered sources. */

import { place, wordsOf } from "./cite.js";
import { el } from "./dom.js";
import { filterName } from "./facets.js";
import { t } from "./i18n.js";
import { keyForm } from "./key.js";
import { previewing } from "./preview.js";
import { excerpt, languageOf, oneLine, quotation } from "./text.js";

/**
 * Number the quotes of an answer from 1: two items in the same sentence share one.
 *
 * Returns `{number, citation, answers}` in order, `answers` being the items' words and where they stand in the quote.
 */
export function numbered(answer) {
  const quotes = new Map();
  for (const { text, citation } of answer.items.flatMap(({ text, citations }) => citations.map((citation) => ({ text, citation })))) {
    const key = quoteKey(citation);
    if (!quotes.has(key)) quotes.set(key, { number: quotes.size + 1, citation, answers: [] });
    quotes.get(key).answers.push({ start: citation.answer_start, end: citation.answer_end, text });
  }
  return quotes;
}

const quoteKey = ({ document_id, start, end }) => `${document_id} ${start} ${end}`;

/** What tells two places of one answer apart. */
const placeKey = (citation) => `${quoteKey(citation)} ${citation.answer_start}`;

/** Mark the chips below `root` of the quote that is open beside them; of none where `citation` is `null`. */
export function markOpen(root, citation) {
  for (const each of root.querySelectorAll(".chip")) {
    each.toggleAttribute("data-open", citation !== null && each.dataset.place === placeKey(citation));
  }
}

/**
 * Render `turn`: `{question, filters, stage, understood, answer, problem, nearest, related, followUps}`, all but the
 * question optional.
 *
 * `actions` are `open(citation, turn, button)`, `openPassage(passage, button)`, `ask(question)`, `retry(turn)` and
 * `gotKey(turn)`.
 */
export function renderTurn(turn, actions) {
  return el(
    "article",
    { class: "turn", "aria-busy": turn.stage ? "true" : null },
    el("h2", { class: "question", lang: languageOf(turn.question) }, turn.question),
    asUnderstood(turn),
    onlyIn(turn.filters),
    turn.stage ? progress(turn.stage) : null,
    turn.problem ? failure(turn, actions) : null,
    turn.answer ? (turn.answer.answered ? answered(turn, actions) : declined(turn, actions)) : null,
    turn.followUps?.length ? followUps(turn.followUps, actions) : null,
    turn.related ?? null,
  );
}

function asUnderstood({ understood, question }) {
  if (!understood || understood.trim() === question.trim()) return null;
  return el("p", { class: "understood" }, `${t("understood")} `, el("q", { lang: languageOf(understood) }, understood));
}

function onlyIn(filters) {
  const set = Object.entries(filters ?? {}).filter(([, value]) => value);
  if (!set.length) return null;
  const parts = set.map(([name, value]) => el("span", {}, `${t(filterName(name))} `, el("b", {}, value)));
  return el("p", { class: "filtered" }, `${t("filtered")} `, ...dotted(parts));
}

function progress({ name, passages }) {
  return el("p", { class: "progress" }, el("span", { class: "pulse", "aria-hidden": "true" }), t(`stages.${name}`, passages));
}

function followUps(questions, { ask }) {
  const asking = (question) => el("li", {}, el("button", { type: "button", class: "suggestion", lang: languageOf(question), click: () => ask(question) }, question));
  return el("div", { class: "follow-ups" }, el("p", { class: "label" }, t("followUps")), el("ul", {}, questions.map(asking)));
}

function failure(turn, { retry, gotKey }) {
  const { status, detail, stopped, wait } = turn.problem;
  const known = stopped ? t("stopped") : t(`failed.${status}`);
  const again = el("button", { type: "button", class: "quiet", click: () => retry(turn) }, t("retry"));
  return el(
    "div",
    { class: "failure" },
    el("p", {}, known ?? t("failed.other")),
    known || !detail ? null : el("p", { class: "detail" }, detail),
    status === 401 ? keyForm(() => gotKey(turn)) : wait ? el("p", { class: "detail" }, t("wait", wait)) : again,
  );
}

function answered(turn, actions) {
  const { answer } = turn;
  const quotes = numbered(answer);
  const chips = (item) => {
    const own = new Map(item.citations.map((citation) => [quoteKey(citation), citation]));
    return [...own].map(([key, citation]) => chip(quotes.get(key), citation, turn, actions));
  };
  const apart = inTime(answer);
  const words = (item) => [
    apart ? el("time", { class: "when", datetime: item.citations[0].date }, item.citations[0].date) : null,
    item.part ? el("span", { class: "part", lang: languageOf(item.part) }, oneLine(item.part), " ") : null,
    el("span", { class: "words", lang: languageOf(item.text) }, item.text),
    chips(item),
  ];
  const several = answer.items.length > 1;
  return el(
    "div",
    { class: "answer" },
    answer.items.every((item) => item.kind === "count") ? el("p", { class: "count" }, t("count", answer.items.length)) : null,
    several
      ? el("ol", { class: apart ? "items versions" : "items" }, answer.items.map((item) => el("li", {}, ...words(item))))
      : el("p", { class: "item" }, ...words(answer.items[0])),
    el("h3", { class: "label" }, t("sources")),
    el("ol", { class: "quotes" }, [...quotes.values()].map((quote) => source(quote, turn, actions))),
    answer.superseded?.length ? replaced(answer, turn, actions) : null,
    answer.more_passages ? el("p", { class: "hint" }, t("morePassages", answer.more_passages)) : null,
    el("p", { class: "measure" }, facts(answer)),
  );
}

/** Whether the items are what articles of different days say, each by itself: they stand side by side with dates. */
function inTime({ items }) {
  const days = items.map((item) => (item.citations.length === 1 ? item.citations[0].date : null));
  return items.length > 1 && days.every(Boolean) && new Set(days).size === items.length;
}

/** What the answer has replaced beside what replaces it, each with its date and the place that printed it. */
function replaced({ superseded, items }, turn, actions) {
  return el(
    "ul",
    { class: "superseded" },
    superseded.map((old) => {
      const now = items.find((item) => item.text === old.by);
      return el(
        "li",
        { class: "versions" },
        version(t(`superseded.${old.reason}`), el("s", { lang: languageOf(old.text) }, old.text), old, turn, actions),
        now ? version(t("nowHolds"), el("b", { lang: languageOf(now.text) }, now.text), now, turn, actions) : null,
      );
    }),
  );
}

function version(label, words, { text, citations: [citation] }, turn, { open }) {
  const title = oneLine(citation.title);
  const link = { type: "button", class: "link", lang: languageOf(title), click: () => open(citation, turn, button) };
  const button = el("button", link, title);
  const marked = [{ start: citation.answer_start, end: citation.answer_end, text }];
  return el(
    "div",
    {},
    el("p", {}, `${label} `, citation.date ? el("time", { class: "when", datetime: citation.date }, citation.date) : null, " ", words),
    el("blockquote", { lang: languageOf(wordsOf(citation)) }, ...quotation(citation, marked)),
    el("p", { class: "origin" }, ...dotted([button, ...details(citation)])),
  );
}

function facts({ confidence, timings_ms: timings }) {
  const parts = [t("confidence", Math.round(confidence * 100))];
  if (timings?.total) parts.push(t("took", Math.max(1, Math.round(timings.total))));
  return parts.join(" · ");
}

function chip({ number, answers }, citation, turn, { open }) {
  const label = t("chip", number, citation.title, citation.line_start);
  const attributes = { type: "button", class: "chip", "aria-label": label };
  const button = el("button", { ...attributes, click: () => open(citation, turn, button) }, String(number));
  previewing(button, () => preview(citation, answers));
  button.dataset.place = placeKey(citation);
  return button;
}

/** What stands in the preview of a citation. */
function preview(citation, answers) {
  return [
    el("blockquote", { lang: languageOf(wordsOf(citation)) }, ...quotation(citation, answers)),
    el("p", { class: "origin" }, ...dotted([el("b", {}, oneLine(citation.title)), ...details(citation)])),
  ];
}

function source({ number, citation, answers }, turn, { open }) {
  const button = el(
    "button",
    { type: "button", class: "link", lang: languageOf(citation.title), click: () => open(citation, turn, button) },
    oneLine(citation.title),
  );
  return el(
    "li",
    { value: String(number) },
    el("blockquote", { lang: languageOf(wordsOf(citation)) }, ...quotation(citation, answers)),
    el("p", { class: "origin" }, ...dotted([button, ...details(citation)])),
    el("p", { class: "printed" }, place(citation)),
  );
}

/** Put dots between nodes, as text, so that they are copied too. */
export const dotted = (nodes) => nodes.flatMap((node, at) => (at ? [" · ", node] : [node]));

/** Day that the answer means, byline, paper, date, page, and line or record of a citation. */
export function details(citation) {
  const line = citation.line_start ? t("line", citation.line_start, citation.line_end) : null;
  const day = citation.day ? `= ${citation.day}` : null;
  const page = citation.page ? t("printedPage", citation.page) : null;
  const record = citation.record ? t("record", citation.record) : null;
  return [day, citation.byline, citation.publication, citation.date, page, record ?? line].filter(Boolean).map((part) => el("span", {}, oneLine(part)));
}

function declined({ answer, nearest }, { openPassage }) {
  const statement = el("p", { class: "none" }, t("declined"));
  if (!answer.passages.length) return el("div", { class: "declined" }, statement, el("p", {}, t("declinedNothing")));
  return el(
    "div",
    { class: "declined" },
    statement,
    answer.closest ? closest(answer.closest) : null,
    el("p", { class: "hint" }, t("declinedHint")),
    nearest
      ? el("ul", { class: "passages", "aria-label": t("nearest") }, nearest.map((found) => passage(found, openPassage)))
      : null,
  );
}

/** The sentence that comes nearest to an answer. */
function closest({ citations: [citation] }) {
  return el(
    "div",
    { class: "closest" },
    el("p", { class: "label" }, t("closest")),
    el("blockquote", { lang: languageOf(wordsOf(citation)) }, oneLine(wordsOf(citation))),
    el("p", { class: "origin" }, ...dotted([oneLine(citation.title), ...details(citation)])),
  );
}

function passage(found, openPassage) {
  const button = el(
    "button",
    { type: "button", class: "link", lang: languageOf(found.title), click: () => openPassage(found, button) },
    oneLine(found.title),
  );
  return el(
    "li",
    {},
    el("p", { class: "origin" }, ...dotted([button, ...details(found)])),
    el("p", { class: "excerpt", lang: languageOf(found.text) }, excerpt(found.text, found.title)),
  );
}
