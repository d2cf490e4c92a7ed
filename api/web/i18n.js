/** The words of the interface, in the language that the reader has chosen or the browser asks for. */

import { setSetting, setting } from "./settings.js";
import { ENGLISH } from "./words-en.js";
import { SIMPLIFIED } from "./words-zh-hans.js";
import { TRADITIONAL } from "./words-zh-hant.js";

export const WORDS = { zh: SIMPLIFIED, hant: TRADITIONAL, en: ENGLISH };

export const LANGUAGES = { zh: "zh-Hans", hant: "zh-Hant", en: "en" };

let language = Object.hasOwn(WORDS, setting("language") ?? "")
  ? setting("language")
  : preferred(navigator.language.toLowerCase());

function preferred(asked) {
  if (!asked.startsWith("zh")) return "en";
  return /hant|tw|hk|mo/.test(asked) ? "hant" : "zh";
}

export const currentLanguage = () => language;

/** Return the word for `key` (a dotted path), with `values` filled in. */
export function t(key, ...values) {
  const word = key.split(".").reduce((words, name) => words?.[name], WORDS[language]);
  return typeof word === "function" ? word(...values) : word;
}

export function setLanguage(chosen) {
  language = chosen;
  setSetting("language", chosen);
}

/** Put the words of the current language into what `data-t` (text) and `data-t-…` (attributes) name. */
export function translate(root = document) {
  document.documentElement.lang = LANGUAGES[language];
  document.title = t("title");
  for (const element of root.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const attribute of ["aria-label", "placeholder", "title"]) {
    for (const element of root.querySelectorAll(`[data-t-${attribute}]`)) {
      element.setAttribute(attribute, t(element.getAttribute(`data-t-${attribute}`)));
    }
  }
}
