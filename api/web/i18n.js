/** The interface in Chinese and English. */

import { setSetting, setting } from "./settings.js";

export const WORDS = {
  zh: {
    title: "Gazette · 档案问答",
    tagline: "问档案，答原文",
    skip: "跳到提问框",
    conversation: "问答",
    archive: "本馆存档",
    archiveCounts: ({ documents, articles }) => `${documents} 份文件 · ${articles} 篇文章`,
    welcome: "用一句话提问。回答只用存档里的原话，每一处都注明出处；存档里没有的，就说没有。",
    inArchive: "存档中的文章",
    moreArticles: (count) => `另有 ${count} 份文件`,
    question: "问题",
    placeholder: "问一个问题",
    ask: "提问",
    stop: "停止",
    retry: "重试",
    filters: "筛选",
    filtersActive: (count) => `筛选（${count} 项）`,
    from: "起始日期",
    to: "截止日期",
    source: "来源文件",
    filterTitle: "标题含",
    byline: "作者含",
    clear: "清除筛选",
    newChat: "新的问答",
    language: "English",
    languageLabel: "Switch to English",
    theme: { auto: "随系统", light: "浅色", dark: "深色" },
    themeLabel: (theme) => `显示：${theme}，按下切换`,
    keys: "/ 提问 · ← → 换出处 · Esc 关闭",
    understood: "理解为",
    filtered: "限于",
    stages: {
      asking: () => "正在提问…",
      understood: () => "正在查找…",
      retrieved: (count) => `找到 ${count} 段，正在阅读…`,
    },
    sources: "出处",
    confidence: (percent) => `把握 ${percent}%`,
    took: (ms) => (ms < 1000 ? `用时 ${ms} 毫秒` : `用时 ${(ms / 1000).toFixed(1)} 秒`),
    chip: (number, title, line) => `出处 ${number}：${title}，第 ${line} 行`,
    line: (first, last) => (first === last ? `第 ${first} 行` : `第 ${first}–${last} 行`),
    count: (count) => `共${count}项`,
    superseded: { correction: "已更正：", change: "已变更：" },
    morePassages: (count) => `另有${count}段可能也有答案。`,
    closest: "最接近的一句",
    declined: "档案中没有找到这个问题的答案。",
    declinedHint: "下面是离问题最近的段落，供查证。",
    declinedNothing: "存档里没有相近的段落。",
    nearest: "最近的段落",
    answered: (text, count) => `回答：${text}。${count} 处出处。`,
    panel: "原文",
    closePanel: "关闭原文",
    previous: "上一处出处",
    next: "下一处出处",
    position: (at, count) => `${at} / ${count}`,
    opened: (title, line) => `已打开《${title}》,${line}。`,
    copyLink: "复制链接",
    cite: "引用格式",
    formats: { gbt7714: "GB/T 7714", bibtex: "BibTeX", ris: "RIS", plain: "纯文本" },
    citation: "引用文字",
    copied: "已复制。",
    copyByHand: "请按 Ctrl+C（或 ⌘C）复制选中的文字。",
    loading: "正在取原文…",
    cut: "（此处节略）",
    changed: "这份文件在引用之后改动过，标出的位置可能已不准确。",
    failed: {
      0: "连不上服务。请检查网络后重试。",
      401: "需要 API 密钥。",
      403: "这把 API 密钥不能提问。",
      404: "存档里已没有这份文件。",
      429: "提问太频繁，请稍候再试。",
      503: "服务正忙，请稍候再试。",
      504: "这个问题用时太长，已停止。",
      other: "服务没能回答。",
    },
    wait: (seconds) => `${seconds} 秒后可重试`,
    stopped: "已停止。",
    key: "API 密钥",
    keyHint: "密钥只保存在这个标签页里。",
    keySave: "使用",
  },
  en: {
    title: "Gazette · Ask the archive",
    tagline: "Ask the archive, read the source",
    skip: "Skip to the question",
    conversation: "Questions and answers",
    archive: "This archive",
    archiveCounts: ({ documents, articles }) =>
      `${documents} ${documents === 1 ? "file" : "files"} · ${articles} ${articles === 1 ? "article" : "articles"}`,
    welcome:
      "Ask in one sentence. Answers are the archive’s own words, each with its source; what the archive does not say is not answered.",
    inArchive: "In this archive",
    moreArticles: (count) => `and ${count} more files`,
    question: "Question",
    placeholder: "Ask a question",
    ask: "Ask",
    stop: "Stop",
    retry: "Try again",
    filters: "Filters",
    filtersActive: (count) => `Filters (${count})`,
    from: "From",
    to: "To",
    source: "Source file",
    filterTitle: "Title contains",
    byline: "Byline contains",
    clear: "Clear filters",
    newChat: "New conversation",
    language: "中文",
    languageLabel: "切换为中文",
    theme: { auto: "Auto", light: "Light", dark: "Dark" },
    themeLabel: (theme) => `Appearance: ${theme}; press to change`,
    keys: "/ ask · ← → sources · Esc close",
    understood: "Understood as",
    filtered: "Only",
    stages: {
      asking: () => "Asking…",
      understood: () => "Searching…",
      retrieved: (count) => `Reading ${count} ${count === 1 ? "passage" : "passages"}…`,
    },
    sources: "Sources",
    confidence: (percent) => `${percent}% confident`,
    took: (ms) => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`),
    chip: (number, title, line) => `Source ${number}: ${title}, line ${line}`,
    line: (first, last) => (first === last ? `line ${first}` : `lines ${first}–${last}`),
    count: (count) => `${count} in all`,
    superseded: { correction: "Corrected:", change: "Changed:" },
    morePassages: (count) => `More passages that may answer: ${count}.`,
    closest: "The closest sentence",
    declined: "The archive does not say.",
    declinedHint: "These passages come nearest to the question.",
    declinedNothing: "No passage comes near the question.",
    nearest: "Nearest passages",
    answered: (text, count) => `Answer: ${text}. ${count} ${count === 1 ? "source" : "sources"}.`,
    panel: "Source",
    closePanel: "Close the source",
    previous: "Previous source",
    next: "Next source",
    position: (at, count) => `${at} of ${count}`,
    opened: (title, line) => `Opened “${title}”, ${line}.`,
    copyLink: "Copy link",
    cite: "Cite",
    formats: { gbt7714: "GB/T 7714", bibtex: "BibTeX", ris: "RIS", plain: "Plain" },
    citation: "Citation",
    copied: "Copied.",
    copyByHand: "Press Ctrl+C (or ⌘C) to copy the selected words.",
    loading: "Fetching the article…",
    cut: "(cut here)",
    changed: "This file has changed since it was cited; the marked place may be off.",
    failed: {
      0: "The service cannot be reached. Check the connection and try again.",
      401: "An API key is needed.",
      403: "This API key may not ask.",
      404: "The archive no longer holds this file.",
      429: "Too many questions; please wait a little.",
      503: "The service is busy; please wait a little.",
      504: "The question took too long and was stopped.",
      other: "The service could not answer.",
    },
    wait: (seconds) => `Try again in ${seconds} s`,
    stopped: "Stopped.",
    key: "API key",
    keyHint: "The key stays in this browser tab.",
    keySave: "Use",
  },
};

export const LANGUAGES = { zh: "zh-Hans", en: "en" };

let language = Object.hasOwn(WORDS, setting("language") ?? "")
  ? setting("language")
  : navigator.language.toLowerCase().startsWith("zh")
    ? "zh"
    : "en";

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
