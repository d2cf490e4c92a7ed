/** The page: which view its address names, the form to ask with, the keyboard and the settings. */

import { Problem } from "./api.js";
import { articleView, documentView } from "./article.js";
import { announce, clear, isBusy, onBusy, redraw, resume, stop, submit, turns } from "./asking.js";
import { byId, el } from "./dom.js";
import { save } from "./exporting.js";
import { filesView } from "./files.js";
import { LANGUAGES, currentLanguage, setLanguage, t, translate } from "./i18n.js";
import { failure } from "./key.js";
import { closePanel, followAddress, panelIsOpen, renderPanel, setUpPanel } from "./panel.js";
import { hidePreview } from "./preview.js";
import { FILTERS, address, current, filtersOf, go, link, note, onRoute } from "./router.js";
import { searchView } from "./search.js";
import { applyTheme, setSetting, setting } from "./settings.js";
import { talksView } from "./talks_view.js";
import { markOpen } from "./turn.js";
import { showArchive } from "./welcome.js";

applyTheme(setting("theme"));

const THEMES = ["auto", "light", "dark"];
const SECTIONS = ["ask", "search", "files", "talks"];
const RENDERED = { search: searchView, files: filesView, document: documentView, article: articleView, talks: talksView };

const form = byId("ask");
const question = byId("question");
let drawn = null;

// ---- the views

/** Show what the address names; again what is shown already only if it is to be `fresh`. */
async function route(fresh) {
  const params = current();
  const asked = address(params);
  hidePreview();
  showSections(params);
  byId("ask-view").hidden = params.view !== "ask";
  byId("composer").hidden = params.view !== "ask";
  byId("view").hidden = params.view === "ask";
  if (params.view === "ask") showFilters(filtersOf(params));
  else if (fresh || drawn !== asked) await render(params, asked);
  drawn = params.view === "ask" ? null : asked;
  followAddress();
}

async function render(params, asked) {
  const view = byId("view");
  const focused = view.contains(document.activeElement) ? document.activeElement : null;
  view.setAttribute("aria-busy", "true");
  let shown;
  try {
    shown = await RENDERED[params.view](params);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    shown = failure(problem, () => route(true));
  }
  if (address(current()) !== asked) return; // the reader has gone on meanwhile
  const position = focused?.getAttribute("name") ?? focused?.textContent;
  view.replaceChildren(shown);
  view.removeAttribute("aria-busy");
  const title = view.querySelector("#article-title");
  if (title) {
    scrollTo(0, 0);
    title.focus({ preventScroll: true });
    view.querySelector("mark.also, mark.found")?.scrollIntoView({ block: "center" });
  } else if (focused) refocus(view, position);
  if (title) document.title = `${title.textContent} · ${t("title")}`;
  else document.title = t("title");
}

/** Give the focus to what took the place of what had it. */
function refocus(view, position) {
  const same = [...view.querySelectorAll("a, button, input, select, summary")].find(
    (element) => (element.getAttribute("name") ?? element.textContent) === position,
  );
  (same ?? view.querySelector("[role=status]"))?.focus({ preventScroll: true });
}

function showSections(params) {
  const filters = filtersOf(params);
  const items = SECTIONS.map((view) => {
    const here = params.view === view;
    return el("li", {}, link({ view, ...(view === "ask" || view === "search" ? filters : {}) }, { "aria-current": here ? "page" : null }, t(`sections.${view}`)));
  });
  byId("sections").replaceChildren(...items);
}

// ---- the form

const filters = () => Object.fromEntries(FILTERS.map((name) => [name, form.elements[name].value.trim()]));

function showFilters(given) {
  if (given) for (const name of FILTERS) form.elements[name].value = given[name] ?? "";
  const active = Object.values(filters()).filter(Boolean).length;
  byId("filters-summary").textContent = active ? t("filtersActive", active) : t("filters");
  byId("clear").hidden = active === 0;
}

function noteFilters() {
  showFilters();
  note({ ...current(), ...filters() });
  showSections(current());
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (isBusy()) {
    stop();
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

form.addEventListener("input", (event) => {
  if (event.target !== question) noteFilters();
});

byId("clear").addEventListener("click", () => {
  for (const name of FILTERS) form.elements[name].value = "";
  noteFilters();
  byId("filters-summary").focus();
});

question.addEventListener("keydown", (event) => {
  // While an input method composes, Enter takes its suggestion.
  if (event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    if (!isBusy()) form.requestSubmit();
  } else if (event.key === "ArrowUp" && !question.value && turns.length) {
    event.preventDefault();
    question.value = turns.at(-1).question;
  }
});

// ---- the keyboard

document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape" && hidePreview()) event.preventDefault();
  else if (event.key === "Escape" && panelIsOpen()) {
    event.preventDefault();
    closePanel();
  } else if (event.key === "/" && !event.target.matches("input, textarea, select")) {
    event.preventDefault();
    if (byId("panel").matches(":modal")) closePanel();
    (byId("composer").hidden ? byId("view").querySelector("input[type=search]") : question)?.focus();
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

function draw() {
  translate();
  setBusy(isBusy());
  byId("language").value = currentLanguage();
  const theme = t(`theme.${setting("theme")}`);
  byId("theme").textContent = theme;
  byId("theme").setAttribute("aria-label", t("themeLabel", theme));
  showFilters();
  redraw();
  renderPanel();
  route(true);
}

function setBusy(busy) {
  byId("submit").textContent = t(busy ? "stop" : "ask");
  byId("submit").classList.toggle("stop", busy);
  form.setAttribute("aria-busy", String(busy));
  byId("saving").hidden = busy || !turns.some(({ answer }) => answer);
}

byId("language").replaceChildren(
  ...Object.entries(LANGUAGES).map(([name, code]) => el("option", { value: name, lang: code }, t("languageNames")[name])),
);

byId("language").addEventListener("change", (event) => {
  setLanguage(event.target.value);
  draw();
  showArchive();
});

byId("theme").addEventListener("click", () => {
  setSetting("theme", THEMES[(THEMES.indexOf(setting("theme")) + 1) % THEMES.length]);
  applyTheme(setting("theme"));
  draw();
});

byId("new").addEventListener("click", () => {
  clear();
  if (panelIsOpen()) closePanel();
  setBusy(false);
  if (current().view !== "ask") go({ view: "ask" });
  showArchive();
  question.focus();
});

byId("save-markdown").addEventListener("click", () => save(turns, "markdown"));
byId("save-json").addEventListener("click", () => save(turns, "json"));
byId("print").addEventListener("click", () => print());

addEventListener("key", () => showArchive());
addEventListener("scroll", hidePreview, { passive: true });
onBusy(setBusy);
onRoute(route);
setUpPanel(announce, (place) => markOpen(byId("turns"), place));
draw();
resume().then(() => {
  setBusy(isBusy());
  showArchive();
});
