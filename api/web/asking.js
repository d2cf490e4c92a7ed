/** Questions and their answers: the turns of the conversation that is shown. */

import { Problem, chat, get, patiently } from "./api.js";
import { articlesWith, described, suggestions } from "./archive.js";
import { byId, el } from "./dom.js";
import { t } from "./i18n.js";
import { openPanel, placeOpen } from "./panel.js";
import { address, filtersOf, link } from "./router.js";
import { result } from "./search.js";
import { remember, remembered } from "./settings.js";
import { keep, talk } from "./talks.js";
import { markOpen, renderTurn } from "./turn.js";

const NEAREST = 3;
const RELATED = 5;

export const turns = [];
let running = null;
let idle = () => {};

/** Hear when a question begins and ends being answered. */
export function onBusy(listener) {
  idle = listener;
}

export const isBusy = () => Boolean(running);
export const stop = () => running?.abort();

const actions = {
  open: (citation, turn, button) => {
    const superseded = turn.answer.superseded ?? [];
    const places = [...turn.answer.items, ...superseded].flatMap((item) => item.citations);
    openPanel([...places], places.indexOf(citation), button);
  },
  openPassage: ({ document_id, start, end, title, byline, date }, button) =>
    openPanel([{ document_id, start, end, title, byline, date }], 0, button),
  ask: (question) => submit(question, filtersOf(turns.at(-1)?.filters ?? {})),
  retry: (turn) => submit(turn.question, turn.filters, turn),
  gotKey: (turn) => {
    submit(turn.question, turn.filters, turn);
    dispatchEvent(new Event("key"));
  },
};

/** Ask, in a new turn or again in `turn`. */
export async function submit(asked, filters, turn = { question: asked, filters }) {
  if (running) return;
  running = new AbortController();
  idle(true);
  Object.assign(turn, { problem: null, stage: { name: "asking" } });
  if (!turns.includes(turn)) turns.push(turn);
  byId("key-section").replaceChildren(); // the turn asks for a key where one is needed
  show(turn);
  bringIntoView(turn);
  try {
    await follow(turn, running.signal);
  } catch (error) {
    const stopped = error.name === "AbortError";
    if (!stopped && !(error instanceof Problem)) throw error;
    turn.problem = { status: error.status, detail: error.message, stopped, wait: error.retryAfter };
    announce(stopped ? t("stopped") : (t(`failed.${error.status}`) ?? t("failed.other")));
    countDown(turn);
  } finally {
    turn.stage = null;
    running = null;
    idle(false);
    show(turn);
  }
}

async function follow(turn, signal) {
  const given = Object.entries(turn.filters).filter(([, value]) => value);
  const body = { question: turn.question, ...Object.fromEntries(given) };
  const session = remembered("session");
  if (session) body.session_id = session;
  for await (const { event, data } of chat(body, signal)) {
    if (event === "status") progress(turn, data);
    else if (event === "answer") received(turn, data);
  }
  if (!turn.answer) throw new Problem(0, "");
}

function progress(turn, { stage, understood, passages }) {
  if (understood) turn.understood = understood;
  turn.stage = { name: stage, passages };
  show(turn);
  announce(t(`stages.${stage}`, passages));
}

function received(turn, data) {
  remember("session", data.session_id);
  const { understood, answer } = data;
  Object.assign(turn, { understood, answer, stage: null });
  show(turn);
  bringIntoView(turn);
  const places = answer.items.reduce((sum, item) => sum + item.citations.length, 0);
  announce(answer.answered ? t("answered", answer.answer, places) : t("declined"));
  complete(turn);
  suggest(turn);
  if (turns.includes(turn)) keep(data.session_id, turns.filter((each) => each.answer)).catch(() => {}); // no room, say
}

/** Add what is found beside an answer: nearest passages where there is none, and articles with its words. */
function complete(turn) {
  if (!turn.answer.answered) findNearest(turn);
  relate(turn);
}

/** Fetch the words of the passages nearest to a question that was declined. */
async function findNearest(turn) {
  const found = await Promise.allSettled(turn.answer.passages.slice(0, NEAREST).map(described));
  turn.nearest = found.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
  show(turn);
  if (turn === turns.at(-1)) bringIntoView(turn);
}

/** Offer the articles that a search for the question finds; they are fetched when they are wanted. */
function relate(turn) {
  const q = turn.understood ?? turn.question;
  const params = { view: "search", q, ...filtersOf(turn.filters ?? {}) };
  const list = el("div", { class: "related-list" });
  const fetched = async (event) => {
    if (!event.target.open || list.childElementCount) return;
    try {
      const found = await articlesWith({ ...filtersOf(params), q, limit: RELATED });
      list.replaceChildren(
        el("p", { class: "hint" }, t(`found.${found.match}`, found.total)),
        el("ol", { class: "results" }, found.articles.map((article) => result(article, q))),
        el("p", {}, link(params, { class: "link" }, t("allFound", found.total))),
      );
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      list.replaceChildren(el("p", { class: "hint" }, t(`failed.${problem.status}`) ?? t("failed.other")));
    }
  };
  turn.related = el("details", { class: "related", toggle: fetched }, el("summary", {}, t("related")), list);
  turn.related.dataset.address = address(params);
  show(turn);
}

/** Fetch further questions that the archive answers, from the article that the answer cites first. */
async function suggest(turn) {
  const cited = turn.answer.items[0]?.citations[0];
  if (!cited) return;
  try {
    const { questions } = await suggestions({ document_id: cited.document_id, start: cited.start, not: turn.understood, limit: 3 });
    turn.followUps = questions.filter((question) => !turns.some((each) => each.question === question || each.understood === question));
    show(turn);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem; // none, then
  }
}

/** After a refusal that says when to come back, offer to try again then. */
function countDown(turn) {
  if (!turn.problem.wait) return;
  setTimeout(() => {
    if (!turn.problem?.wait) return;
    turn.problem.wait -= 1;
    show(turn);
    countDown(turn);
  }, 1000);
}

// ---- the conversation

/** Begin a conversation anew; what was said is kept among the conversations. */
export function clear() {
  stop();
  remember("session", null);
  turns.length = 0;
  byId("turns").replaceChildren();
  byId("welcome").hidden = false;
}

/** Show the turns of this tab's conversation, as the service or else the browser has kept them. */
export async function resume() {
  const session = remembered("session");
  if (!session) return;
  try {
    const kept = await patiently(() => get(`/api/chat/${encodeURIComponent(session)}`));
    showAll(kept.turns);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    const kept = problem.status === 404 ? await talk(session) : null;
    if (kept) showAll(kept.turns);
    else if (problem.status === 404) remember("session", null);
  }
}

/** Show the conversation `id`, which later questions go on with. */
export async function reopen(id) {
  clear();
  remember("session", id);
  await resume();
}

function showAll(kept) {
  for (const { question: asked, understood, answer, filters: given = {} } of kept) {
    const turn = { question: asked, filters: given, understood, answer };
    turns.push(turn);
    show(turn);
    complete(turn);
  }
}

// ---- showing

const controls = (turn) => [...turn.querySelectorAll("a, button, summary")];

export function show(turn) {
  if (!turns.includes(turn)) return; // a new conversation has begun meanwhile
  const drawn = renderTurn(turn, actions);
  const focused = turn.element ? controls(turn.element).indexOf(document.activeElement) : -1;
  if (turn.element) turn.element.replaceWith(drawn);
  else byId("turns").append(drawn);
  turn.element = drawn;
  // What comes later stands below: the control that had the focus has its place among the new ones.
  controls(drawn)[focused]?.focus({ preventScroll: true });
  markOpen(drawn, placeOpen());
  byId("welcome").hidden = true;
}

/** Draw all turns again, after a change of language. */
export function redraw() {
  for (const turn of turns) {
    show(turn);
    if (turn.answer) relate(turn);
  }
}

function bringIntoView(turn) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  turn.element.scrollIntoView({ block: "nearest", behavior: still ? "instant" : "smooth" });
}

export function announce(text) {
  byId("status").textContent = text;
}
