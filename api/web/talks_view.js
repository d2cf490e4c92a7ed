/** The conversations that this browser keeps: listed, searched, opened, saved and forgotten. */

import { remove } from "./api.js";
import { reopen } from "./asking.js";
import { el } from "./dom.js";
import { save } from "./exporting.js";
import { LANGUAGES, currentLanguage, t } from "./i18n.js";
import { go, note } from "./router.js";
import { allTalks, discard, matching, onTalks } from "./talks.js";
import { languageOf, oneLine } from "./text.js";

/** Return the view of the conversations in which the words of `params.q` stand. */
export async function talksView(params) {
  const list = el("ul", { class: "listing" });
  const total = el("p", { class: "total", role: "status" });
  const input = el("input", { type: "search", value: params.q ?? "", "aria-label": t("searchTalks"), placeholder: t("searchTalks") });
  let talks = await allTalks();

  const draw = () => {
    const found = matching(talks, input.value);
    total.textContent = t("talksFound", found.length);
    list.replaceChildren(...found.map((talk) => entry(talk, again)));
  };
  const again = async () => {
    talks = await allTalks();
    draw();
  };
  input.addEventListener("input", () => {
    note({ ...params, q: input.value });
    draw();
  });
  onTalks(() => list.isConnected && again());
  draw();
  return el("section", { class: "talks", "aria-label": t("talks") }, el("h2", { class: "unseen" }, t("talks")), el("div", { class: "searchbox" }, input), total, list, el("p", { class: "hint" }, t("talksHint")));
}

function entry({ id, updated, turns }, again) {
  const first = oneLine(turns[0]?.question ?? "");
  const open = async () => {
    await reopen(id);
    go({ view: "ask" });
  };
  const forget = async () => {
    await discard(id);
    remove(`/api/chat/${encodeURIComponent(id)}`).catch(() => {}); // over already, it may be
    await again();
  };
  const when = new Date(updated).toLocaleString(LANGUAGES[currentLanguage()], { dateStyle: "medium", timeStyle: "short" });
  const button = (words, click) => el("button", { type: "button", class: "quiet", click }, words);
  return el(
    "li",
    {},
    el("h3", {}, el("button", { type: "button", class: "link", lang: languageOf(first), click: open }, first)),
    el("p", { class: "origin" }, `${when} · ${t("turns", turns.length)}`),
    el("p", { class: "tools" }, button(t("saveMarkdown"), () => save(turns, "markdown")), button(t("saveJson"), () => save(turns, "json")), button(t("forgetTalk"), forget)),
  );
}
