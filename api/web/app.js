/** The chat page: asks, shows the turns, and keeps the conversation of this browser tab. */

import { Problem, chat, get, patiently, remove, setKey } from "./api.js";
import { described, documentOf, info, listing } from "./archive.js";
import { fromHash } from "./cite.js";
import { byId, el } from "./dom.js";
import { LANGUAGES, currentLanguage, setLanguage, t, translate } from "./i18n.js";
import { closePanel, openPanel, panelIsOpen, renderPanel, setUpPanel } from "./panel.js";
import { applyTheme, remember, remembered, setSetting, setting } from "./settings.js";
import { languageOf, oneLine } from "./text.js";
import { placeKey, renderTurn } from "./turn.js";

applyTheme(setting("theme"));

const THEMES = ["auto", "light", "dark"];
const NEAREST = 3;
const HEADLINES = 8;
const FIRST_FILES = 4;

const turns = [];
let running = null;
let archive = null;

const form = byId("ask");
const question = byId("question");

const actions = {
  open: (citation, turn, button) => {
    const places = turn.answer.items.flatMap((item) => item.citations);
    openPanel([...places], places.indexOf(citation), button);
  },
  openPassage: ({ document_id, start, end, title, byline, date }, button) =>
    openPanel([{ document_id, start, end, title, byline, date }], 0, button),
  retry: (turn) => submit(turn.question, turn.filters, turn),
  useKey: (key, turn) => {
    setKey(key);
    submit(turn.question, turn.filters, turn);
    showArchive();
  },
};

// ---- asking

/** Ask, in a new turn or again in `turn`. */
async function submit(asked, filters, turn = { question: asked, filters }) {
  if (running) return;
  running = new AbortController();
  setBusy(true);
  Object.assign(turn, { problem: null, stage: { name: "asking" } });
  if (!turns.includes(turn)) turns.push(turn);
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
    setBusy(false);
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
  if (!answer.answered) findNearest(turn);
}

/** Fetch the words of the passages nearest to a question that was declined. */
async function findNearest(turn) {
  const found = await Promise.allSettled(turn.answer.passages.slice(0, NEAREST).map(described));
  turn.nearest = found.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
  show(turn);
  if (turn === turns.at(-1)) bringIntoView(turn);
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

// ---- showing

function show(turn) {
  if (!turns.includes(turn)) return; // a new conversation has begun meanwhile
  const drawn = renderTurn(turn, actions);
  if (turn.element) turn.element.replaceWith(drawn);
  else byId("turns").append(drawn);
  turn.element = drawn;
  byId("welcome").hidden = true;
}

function bringIntoView(turn) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  turn.element.scrollIntoView({ block: "nearest", behavior: still ? "instant" : "smooth" });
}

function setBusy(busy) {
  byId("submit").textContent = t(busy ? "stop" : "ask");
  byId("submit").classList.toggle("stop", busy);
  form.setAttribute("aria-busy", String(busy));
}

function announce(text) {
  byId("status").textContent = text;
}

function draw() {
  translate();
  setBusy(Boolean(running));
  byId("language").lang = currentLanguage() === "zh" ? "en" : "zh-Hans";
  const theme = t(`theme.${setting("theme")}`);
  byId("theme").textContent = theme;
  byId("theme").setAttribute("aria-label", t("themeLabel", theme));
  showFilters();
  showStrip();
  turns.forEach(show);
  renderPanel();
}

// ---- the archive, before the first question

/** What the service cannot tell of its archive is left out: questions are what the page is for. */
function showArchive() {
  for (const part of [showIndex, showHeadlines]) {
    part().catch((problem) => {
      if (!(problem instanceof Problem)) throw problem;
    });
  }
}

async function showIndex() {
  archive = await patiently(info);
  showStrip();
}

async function showHeadlines() {
  if (turns.length) return;
  const { total, documents } = await patiently(() => listing(FIRST_FILES));
  const found = await Promise.all(documents.map(({ id }) => documentOf(id)));
  const headlines = found.flatMap(({ id, articles }) => articles.map((article) => ({ id, article })));
  byId("headlines").replaceChildren(...headlines.slice(0, HEADLINES).map(headline));
  byId("headlines-section").hidden = headlines.length === 0;
  byId("more").textContent = total > found.length ? t("moreArticles", total - found.length) : "";
}

function headline({ id, article }) {
  const { title, byline, date, start } = article;
  const open = () => openPanel([{ document_id: id, start, end: start, title, byline, date, quote: "" }], 0, button);
  const button = el("button", { type: "button", class: "link", lang: languageOf(title), click: open }, oneLine(title));
  return el("li", {}, button, date ? el("time", { datetime: date }, date) : null);
}

function showStrip() {
  byId("counts").textContent = archive?.index ? t("archiveCounts", archive.index) : "";
  const today = new Date().toLocaleDateString(LANGUAGES[currentLanguage()], { dateStyle: "long" });
  byId("today").textContent = today;
}

// ---- the form

const FILTERS = ["from", "to", "source", "title", "byline"];
const filters = () => Object.fromEntries(FILTERS.map((name) => [name, form.elements[name].value.trim()]));

function showFilters() {
  const active = Object.values(filters()).filter(Boolean).length;
  byId("filters-summary").textContent = active ? t("filtersActive", active) : t("filters");
  byId("clear").hidden = active === 0;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) {
    running.abort();
    return;
  }
  const asked = question.value.trim();
  if (!asked) {
    question.focus();
    return;
  }
  question.value = "";
  byId("filters").open = false;
  submit(asked, filters());
});

form.addEventListener("input", showFilters);

byId("clear").addEventListener("click", () => {
  for (const name of FILTERS) form.elements[name].value = "";
  showFilters();
  byId("filters-summary").focus();
});

question.addEventListener("keydown", (event) => {
  // While an input method composes, Enter takes its suggestion.
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    if (!running) form.requestSubmit();
  } else if (event.key === "ArrowUp" && !question.value && turns.length) {
    event.preventDefault();
    question.value = turns.at(-1).question;
  }
});

// ---- the keyboard

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape" && panelIsOpen()) {
    event.preventDefault();
    closePanel();
  } else if (event.key === "/" && !event.target.matches("input, textarea, select")) {
    event.preventDefault();
    if (byId("panel").matches(":modal")) closePanel();
    question.focus();
  }
});

byId("turns").addEventListener("keydown", (event) => {
  if (!event.target.matches(".chip")) return;
  const chips = [...byId("turns").querySelectorAll(".chip")];
  const at = chips.indexOf(event.target);
  const places = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: chips.length - 1 };
  if (!Object.hasOwn(places, event.key)) return;
  event.preventDefault();
  chips[places[event.key]]?.focus();
});

// ---- settings and the conversation

byId("language").addEventListener("click", () => {
  setLanguage(currentLanguage() === "zh" ? "en" : "zh");
  draw();
});

byId("theme").addEventListener("click", () => {
  setSetting("theme", THEMES[(THEMES.indexOf(setting("theme")) + 1) % THEMES.length]);
  applyTheme(setting("theme"));
  draw();
});

byId("new").addEventListener("click", () => {
  running?.abort();
  const session = remembered("session");
  remember("session", null);
  if (session) remove(`/api/chat/${encodeURIComponent(session)}`).catch(() => {}); // over already, it may be
  closePanel();
  turns.length = 0;
  byId("turns").replaceChildren();
  byId("welcome").hidden = false;
  showArchive();
  question.focus();
});

/** Show the turns that the service kept of this tab's conversation. */
async function resume() {
  const session = remembered("session");
  if (!session) return;
  try {
    const kept = await patiently(() => get(`/api/chat/${encodeURIComponent(session)}`));
    for (const { question: asked, understood, answer, filters: given = {} } of kept.turns) {
      const turn = { question: asked, filters: given, understood, answer };
      turns.push(turn);
      show(turn);
      if (!answer.answered) findNearest(turn);
    }
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.status === 404) remember("session", null);
  }
}

function openLink() {
  const place = fromHash(location.hash);
  if (place) openPanel([place], 0);
}

setUpPanel(announce, (place) => {
  for (const chip of byId("turns").querySelectorAll(".chip")) {
    chip.toggleAttribute("data-open", place !== null && chip.dataset.place === placeKey(place));
  }
});
addEventListener("hashchange", openLink);
draw();
resume().then(showArchive);
openLink();
